/** Remote control: says what plays here to the reader's other screens, and does what they ask for. */
import { useEffect, useRef } from "react";
import { deviceId } from "~/api/device";
import type { DeviceState } from "~/api/devices";
import { live } from "~/api/live";
import type { FullVideo } from "~/api/models/files";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import type { PlayerActions } from "./shortcuts";
import { playerTitle } from "./titles";

type Does = Pick<PlayerActions, "next" | "seekTo" | "togglePlay"> & { leave: () => void };

/** A long film is not told of more often than its buttons are pressed; this keeps clocks from drifting apart. */
const again = 30_000;

export function useRemote(
  video: HTMLVideoElement | null,
  slug: string,
  data: FullVideo | undefined,
  clientId: () => string | undefined,
  does: Does,
) {
  const latest = useRef({ does, clientId });
  latest.current = { does, clientId };

  useEffect(() => {
    if (!video || !data) return;
    const { title, subtitle } = playerTitle(data);
    const say = () => {
      const state: DeviceState = {
        video: slug,
        title,
        subtitle,
        paused: video.paused,
        position: Math.round(video.currentTime * 10) / 10,
        duration: Number.isFinite(video.duration) ? Math.round(video.duration) : 0,
        at: Date.now(),
      };
      live.say(state);
    };
    const events = ["playing", "pause", "seeked", "durationchange"];
    for (const name of events) video.addEventListener(name, say);
    const timer = setInterval(() => !video.paused && say(), again);
    return () => {
      clearInterval(timer);
      for (const name of events) video.removeEventListener(name, say);
      live.say({});
    };
  }, [video, data, slug]);

  useEffect(() => {
    if (!video) return;
    return live.listen({
      stale: () => {},
      event: (event) => {
        if (event.topic !== "devices" || event.type !== "command" || !event.command) return;
        const { device, command } = event;
        const { does, clientId } = latest.current;
        // A stream that an administrator ends is named as the player names itself.
        if (device.id !== deviceId() && device.id !== clientId()) return;
        switch (command.name) {
          case "pause":
            return video.paused ? undefined : does.togglePlay();
          case "resume":
            return video.paused ? does.togglePlay() : undefined;
          case "seek":
            return typeof command.position === "number" ? does.seekTo(command.position) : undefined;
          case "volume":
            if (typeof command.volume === "number") video.volume = Math.min(1, Math.max(0, command.volume));
            return;
          case "next":
            return does.next();
          case "stop":
            showToast(typeof command.message === "string" ? command.message : t.devices.stopped);
            return does.leave();
        }
      },
    });
  }, [video]);
}
