/** Title, picture and buttons for the system: lock screens, media keys, headsets. */
import { useEffect, useRef } from "react";
import type { FullVideo } from "~/api/models/files";
import { imageUrl } from "~/ui/Artwork";
import type { PlayerActions } from "./shortcuts";
import { playerTitle } from "./titles";

export function useMediaSession(
  video: HTMLVideoElement | null,
  data: FullVideo | undefined,
  actions: PlayerActions,
) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    if (!("mediaSession" in navigator) || !video || !data) return;
    const { title, subtitle } = playerTitle(data);
    const picture = imageUrl(data.show?.poster ?? data.entries[0]?.thumbnail, "medium");
    navigator.mediaSession.metadata = new MediaMetadata({
      title: subtitle || title,
      artist: subtitle ? title : "",
      artwork: picture ? [{ src: picture }] : [],
    });
    const handlers: [MediaSessionAction, MediaSessionActionHandler | null][] = [
      ["play", () => video.paused && latest.current.togglePlay()],
      ["pause", () => !video.paused && latest.current.togglePlay()],
      ["seekbackward", (details) => latest.current.seekBy(-(details.seekOffset ?? 10))],
      ["seekforward", (details) => latest.current.seekBy(details.seekOffset ?? 10)],
      [
        "seekto",
        (details) => {
          if (details.seekTime !== undefined) latest.current.seekTo(details.seekTime);
        },
      ],
      ["previoustrack", data.previous?.video ? () => latest.current.previous() : null],
      ["nexttrack", data.next?.video ? () => latest.current.next() : null],
    ];
    const set = (action: MediaSessionAction, handler: MediaSessionActionHandler | null) => {
      try {
        navigator.mediaSession.setActionHandler(action, handler);
      } catch {
        // Browsers throw on actions they do not know.
      }
    };
    for (const [action, handler] of handlers) set(action, handler);
    return () => {
      navigator.mediaSession.metadata = null;
      for (const [action] of handlers) set(action, null);
    };
  }, [video, data]);
}
