/** Reads properties of a <video> as React state, re-rendering only on the events that change them. */
import { useCallback, useSyncExternalStore } from "react";

/** `read` must give a primitive, so that an unchanged value does not re-render. */
export function useMedia<T extends string | number | boolean>(
  video: HTMLVideoElement | null,
  read: (video: HTMLVideoElement) => T,
  initial: T,
  ...events: (keyof HTMLVideoElementEventMap)[]
): T {
  const names = events.join(" ");
  const subscribe = useCallback(
    (listener: () => void) => {
      for (const name of names.split(" ")) video?.addEventListener(name, listener);
      return () => {
        for (const name of names.split(" ")) video?.removeEventListener(name, listener);
      };
    },
    [video, names],
  );
  return useSyncExternalStore(subscribe, () => (video ? read(video) : initial));
}

export const usePaused = (video: HTMLVideoElement | null) =>
  useMedia(video, (v) => v.paused, true, "play", "pause", "emptied");

export const useTime = (video: HTMLVideoElement | null) =>
  useMedia(video, (v) => v.currentTime, 0, "timeupdate", "seeking", "seeked", "emptied");

/** True while the picture waits for data. */
export const useWaiting = (video: HTMLVideoElement | null) =>
  useMedia(
    video,
    (v) => !v.ended && (v.seeking || v.readyState < HTMLMediaElement.HAVE_FUTURE_DATA),
    true,
    "waiting",
    "playing",
    "canplay",
    "seeking",
    "seeked",
    "loadeddata",
    "emptied",
    "stalled",
    "ended",
  );

/** `0-12.5,40-60`: what is loaded, in seconds. */
export const useBuffered = (video: HTMLVideoElement | null) =>
  useMedia(
    video,
    (v) =>
      Array.from({ length: v.buffered.length }, (_, i) => `${v.buffered.start(i)}-${v.buffered.end(i)}`).join(
        ",",
      ),
    "",
    "progress",
    "timeupdate",
    "seeked",
    "emptied",
  );
