/** What the buttons of the player move: its own picture, or the room that it is in. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import type { RoomConnection, RoomView } from "./connection";
import { followRoom } from "./follow";

const never = () => () => {};
const none = () => null;

export const useRoomView = (room: RoomConnection | undefined): RoomView | null =>
  useSyncExternalStore<RoomView | null>(room?.subscribe ?? never, room?.getView ?? none);

export type Steering = {
  togglePlay: () => void;
  seek: (time: number) => void;
  setSpeed: (rate: number) => void;
  /** The speed that was chosen; null: that of the picture. */
  speed: number | null;
  next: () => void;
};

const ownSteering = (video: HTMLVideoElement | null, next: () => void): Steering => ({
  togglePlay: () => void (video?.paused ? video.play().catch(() => {}) : video?.pause()),
  seek: (time) => {
    if (video) video.currentTime = time;
  },
  setSpeed: (rate) => {
    if (video) video.playbackRate = rate;
    setPreferences({ speed: rate });
  },
  speed: null,
  next,
});

function roomSteering(video: HTMLVideoElement | null, room: RoomConnection): Steering {
  const { state } = room.getView().room;
  const goesOn = !state.paused || state.waiting.length > 0;
  // One's own picture follows at once, not only when the server has taken the order.
  const atOnce = (act: (video: HTMLVideoElement) => void) => room.pending && video && act(video);
  return {
    togglePlay: () => {
      if (!video) return;
      // The browser has refused to begin without a click: this is the click.
      if (!state.paused && video.paused && !room.pending) return void video.play().catch(() => {});
      room.order({ name: goesOn ? "pause" : "play", position: video.currentTime });
      if (goesOn) atOnce((own) => own.pause());
    },
    seek: (position) => {
      room.order({ name: "seek", position });
      atOnce((own) => {
        own.currentTime = position;
      });
    },
    setSpeed: (rate) => room.order({ name: "rate", rate }),
    speed: state.rate,
    next: () => room.order({ name: "next" }),
  };
}

/** `next` goes on outside of rooms; `wantsTime`: the reader has asked the room to wait. */
export function useSteering(
  video: HTMLVideoElement | null,
  slug: string,
  room: RoomConnection | undefined,
  wantsTime: boolean,
  duration: number,
  next: () => void,
): Steering {
  const view = useRoomView(room);
  const latest = useRef({ duration, wantsTime });
  latest.current = { duration, wantsTime };
  const over = view?.over ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each video is followed anew.
  useEffect(() => {
    if (video && room && !over) return followRoom(video, room, () => latest.current);
    if (over) video?.pause();
  }, [video, room, slug, over]);

  const refused = view?.refused;
  useEffect(() => {
    if (!refused) return;
    const { status } = refused;
    showToast(status === 403 ? t.rooms.onlyHost : status === 409 ? t.rooms.faster : t.rooms.lost);
  }, [refused]);

  return room ? roomSteering(video, room) : ownSteering(video, next);
}
