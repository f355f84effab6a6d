import { expect, test } from "vitest";
import { doubleTap } from "./gestures";

test("two quick taps seek by the half of the picture that they are in", () => {
  expect(doubleTap({ time: 0, place: 0.2 }, { time: 200, place: 0.25 })).toBe(-10);
  expect(doubleTap({ time: 0, place: 0.45 }, { time: 200, place: 0.49 })).toBe(-10);
  expect(doubleTap({ time: 0, place: 0.6 }, { time: 200, place: 0.55 })).toBe(10);
});

test("a first tap, a late one and one elsewhere are single taps", () => {
  expect(doubleTap(null, { time: 0, place: 0.2 })).toBe(0);
  expect(doubleTap({ time: 0, place: 0.2 }, { time: 400, place: 0.2 })).toBe(0);
  expect(doubleTap({ time: 0, place: 0.3 }, { time: 100, place: 0.7 })).toBe(0);
});
