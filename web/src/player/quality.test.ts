/** Tests of `quality.ts`. */
import { expect, test } from "vitest";
import { firstLevel, higherLevel, lowerLevel } from "./quality";

const level = (quality: string, height: number, bitrate: number) => ({
  uri: `/video/abc/0/${quality}/index.m3u8`,
  height,
  bitrate,
});

const levels = [
  level("240p", 240, 700_000),
  level("480p", 480, 2_100_000),
  level("original", 1080, 8_000_000),
  level("transcode", 1080, 8_000_000),
];

test.each([
  [100_000, 0],
  [1_000_000, 0],
  [2_400_000, 1],
  [8_100_000, 1],
])("starts at what %d bit/s carry", (bandwidth, index) => expect(firstLevel(levels, bandwidth)).toBe(index));

test("prefers the copied picture to an equal one that must be encoded", () => {
  expect(firstLevel(levels, 50_000_000)).toBe(2);
  expect(firstLevel(levels.toReversed(), 50_000_000)).toBe(1);
});

test("goes down as far as needed", () => {
  expect(lowerLevel(levels, 2, 3_000_000)).toBe(1);
  expect(lowerLevel(levels, 2, 900_000)).toBe(0);
  expect(lowerLevel(levels, 2, 10_000)).toBe(0);
  expect(lowerLevel(levels, 0, 10_000)).toBe(0);
});

test("goes down one step when nothing arrives", () => expect(lowerLevel(levels, 1, 0)).toBe(0));

test("goes up a step at a time, with room to spare", () => {
  expect(higherLevel(levels, 0, 50_000_000)).toBe(1);
  expect(higherLevel(levels, 0, 2_500_000)).toBe(0);
  expect(higherLevel(levels, 2, 500_000_000)).toBe(2);
});
