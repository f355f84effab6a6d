/** Tests of `devices.ts`. */
import { expect, test } from "vitest";
import { positionOf } from "./devices";

test("a screen that plays has moved on since it said where it was", () => {
  expect(positionOf({ position: 10, paused: false, at: 1_000 }, 6_000)).toBe(15);
  expect(positionOf({ position: 10, paused: true, at: 1_000 }, 6_000)).toBe(10);
  expect(positionOf({ position: 10, paused: false, at: 9_000 }, 6_000)).toBe(10);
  expect(positionOf({ position: 10, paused: false, at: 0, duration: 12 }, 6_000)).toBe(10);
  expect(positionOf({ position: 10, paused: false, at: 1_000, duration: 12 }, 60_000)).toBe(12);
  expect(positionOf({}, 6_000)).toBe(0);
});
