/** Where the picture of a room should be, and how to get there: by playing a little faster or slower, else by a jump. Pure. */
import type { Playback } from "~/api/models/rooms";

/** Seconds into the video at a moment of the server (milliseconds). */
export function positionAt({ paused, position, rate, at }: Playback, now: number): number {
  return paused ? position : position + (Math.max(0, now - Date.parse(at)) / 1000) * rate;
}

/** Seconds. Nobody sees or hears less than `close`; what is mended goes on until `exact`. */
export const close = 0.025;
const exact = 0.008;
/** Up to here, the gentle rate; farther, the brisk one; from `jump` on, either would take too long. */
const gentleUpTo = 0.12;
export const jump = 0.35;
export const gentle = 0.05;
export const brisk = 0.1;
/** A picture that stands still need not be more exact (seconds). */
const still = 0.05;
/** How long a jump may take (seconds), as is made up for by aiming ahead. */
const longestJump = 1.5;

/** What to do with a picture: play at `rate`, or jump `to`. */
export type Correction = { rate: number } | { to: number };

export class KeepUp {
  #mending = false;
  /** How long the last jumps took (seconds). */
  #jumpTakes = 0;

  /** `should` and `is` in seconds. `factor` is the room's own speed. */
  playing(should: number, is: number, factor = 1): Correction {
    // As a viewer sees it: a second of the video is shorter at twice the speed.
    const behind = (should - is) / factor;
    const off = Math.abs(behind);
    if (off >= jump) {
      this.#mending = false;
      return { to: Math.max(0, should + this.#jumpTakes * factor) };
    }
    this.#mending = off > (this.#mending ? exact : close);
    if (!this.#mending) return { rate: factor };
    const by = off > gentleUpTo ? brisk : gentle;
    return { rate: factor * (behind > 0 ? 1 + by : 1 - by) };
  }

  /** Where a picture that stands still has to go; null: it is there. */
  paused(should: number, is: number): number | null {
    this.#mending = false;
    return Math.abs(should - is) > still ? Math.max(0, should) : null;
  }

  /** A jump of a playing picture was over after so many seconds. */
  jumped(seconds: number) {
    const took = Math.min(longestJump, Math.max(0, seconds));
    this.#jumpTakes = this.#jumpTakes ? (this.#jumpTakes + took) / 2 : took;
  }
}
