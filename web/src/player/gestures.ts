/** Taps on the picture: one shows or hides the controls, two in quick succession seek, by the half they are in. Pure. */

export type Tap = {
  /** Milliseconds. */
  time: number;
  /** 0 at the left edge of the player, 1 at the right one. */
  place: number;
};

/** Taps further apart than this are two single ones: in time (milliseconds) and in place (share of the width). */
const together = 300;
const near = 0.2;

/** Seconds to seek by for each tap after the first. */
const step = 10;

/** How far to seek when `tap` follows `last`; 0 for a single tap. */
export function doubleTap(last: Tap | null, tap: Tap): number {
  if (!last || tap.time - last.time >= together || Math.abs(tap.place - last.place) >= near) return 0;
  return tap.place < 0.5 ? -step : step;
}
