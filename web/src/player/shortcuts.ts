/** The keyboard of the player. */
import { useEffect, useRef } from "react";

export type PlayerActions = {
  togglePlay: () => void;
  /** Seconds into the video. */
  seekTo: (time: number) => void;
  /** Relative, in seconds. */
  seekBy: (seconds: number) => void;
  /** 0–1 of the whole. */
  seekToFraction: (fraction: number) => void;
  changeVolume: (by: number) => void;
  toggleMute: () => void;
  toggleFullscreen: () => void;
  togglePip: () => void;
  cycleSubtitles: () => void;
  next: () => void;
  previous: () => void;
  changeSpeed: (direction: 1 | -1) => void;
  toggleInfo: () => void;
};

/** Does what a key stands for; whether it stands for anything. */
export function press(key: string, actions: PlayerActions): boolean {
  if (/^\d$/.test(key)) {
    actions.seekToFraction(Number(key) / 10);
    return true;
  }
  const table = new Map<string, () => void>([
    [" ", actions.togglePlay],
    ["k", actions.togglePlay],
    ["MediaPlayPause", actions.togglePlay],
    ["ArrowLeft", () => actions.seekBy(-5)],
    ["ArrowRight", () => actions.seekBy(5)],
    ["j", () => actions.seekBy(-10)],
    ["l", () => actions.seekBy(10)],
    ["ArrowUp", () => actions.changeVolume(0.05)],
    ["ArrowDown", () => actions.changeVolume(-0.05)],
    ["m", actions.toggleMute],
    ["f", actions.toggleFullscreen],
    ["i", actions.togglePip],
    ["s", actions.toggleInfo],
    ["c", actions.cycleSubtitles],
    ["v", actions.cycleSubtitles],
    ["n", actions.next],
    ["p", actions.previous],
    [">", () => actions.changeSpeed(1)],
    ["<", () => actions.changeSpeed(-1)],
  ]);
  const action = table.get(key.length === 1 ? key.toLowerCase() : key);
  action?.();
  return action !== undefined;
}

/** Keys that the focused element needs for itself: text, menus, and Space or Enter on a button. */
function belongsToFocus(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input:not([type="range"]), textarea, select, [role="menu"], dialog')) return true;
  return (event.key === " " || event.key === "Enter") && target.closest("button, a") !== null;
}

export function useShortcuts(actions: PlayerActions, onUse: () => void) {
  const latest = useRef({ actions, onUse });
  latest.current = { actions, onUse };
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || belongsToFocus(event))
        return;
      if (!press(event.key, latest.current.actions)) return;
      event.preventDefault();
      latest.current.onUse();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
