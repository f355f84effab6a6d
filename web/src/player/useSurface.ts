/** What mouse and fingers do on the picture: a click plays or pauses, a tap shows the controls, two taps seek. */
import { type PointerEvent, useRef } from "react";
import { doubleTap, type Tap } from "./gestures";
import type { PlayerActions } from "./shortcuts";

export function useSurface(actions: PlayerActions, shown: boolean, wake: () => void, rest: () => void) {
  const lastTap = useRef<Tap | null>(null);
  return {
    onPointerUp: (event: PointerEvent) => {
      if (event.pointerType === "mouse") {
        lastTap.current = null;
        if (event.button === 0) actions.togglePlay();
        return;
      }
      const box = event.currentTarget.getBoundingClientRect();
      const tap = { time: event.timeStamp, place: (event.clientX - box.left) / box.width };
      const seconds = doubleTap(lastTap.current, tap);
      lastTap.current = tap;
      if (seconds) actions.seekBy(seconds);
      else if (shown) rest();
      else wake();
    },
    onDoubleClick: () => !lastTap.current && actions.toggleFullscreen(),
  };
}
