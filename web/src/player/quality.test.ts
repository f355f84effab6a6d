/** Tests of `quality.ts`. */
import { expect, test } from "vitest";
import { Bandwidth, firstLevel, higherLevel, ladder, lowerLevel } from "./quality";

const level = (quality: string, height: number, bitrate: number, copiedAudio: string[] = []) => ({
  uri: `/video/abc/0/${quality}/index.m3u8`,
  height,
  bitrate,
  copiedAudio,
});

const levels = [
  level("240p", 240, 400_000),
  level("480p", 480, 1_200_000),
  level("720p", 720, 2_400_000),
  level("original", 1080, 6_000_000),
];
const encoded = [
  level("240p", 240, 400_000),
  level("1080p", 1080, 4_800_000),
  level("transcode", 2160, 16_000_000),
];
const on = (bandwidth: number | null, screen = 1080) => ({ bandwidth, screen });

test.each([
  [null, 3],
  [100_000, 0],
  [1_500_000, 1],
  [7_100_000, 2],
  [7_300_000, 3],
])("begins at what %d bit/s carry, with the copy when nobody knows", (bandwidth, index) =>
  expect(firstLevel(levels, on(bandwidth))).toBe(index),
);

test("a copy is taken though it is larger than the screen and lighter than an encoded one", () => {
  const light = [level("720p", 720, 2_400_000), level("original", 2160, 2_000_000)];
  expect(firstLevel(light, on(null, 720))).toBe(1);
  expect(firstLevel(light, on(50_000_000, 720))).toBe(1);
});

test("what must be encoded is not begun with larger than it is seen, nor than machines encode as it plays", () => {
  expect(firstLevel(encoded, on(null, 2160))).toBe(1);
  expect(firstLevel(encoded, on(null, 400))).toBe(0);
  expect(firstLevel([level("transcode", 2160, 16_000_000)], on(null, 400))).toBe(0);
});

test("what did not play is never chosen", () => {
  const failing = levels.map((one, index) => ({ ...one, excluded: index === 3 }));
  expect(firstLevel(failing, on(null))).toBe(2);
  expect(higherLevel(failing, 2, on(500_000_000))).toBe(2);
});

test("of one picture with several sounds, the one that copies the track that plays", () => {
  const sounds = [
    level("original", 1080, 6_128_000, ["0"]),
    level("original", 1080, 6_640_000, ["0", "1"]),
    level("original", 1080, 6_192_000),
  ];
  expect(ladder(sounds)).toEqual([0]);
  expect(ladder(sounds, "0")).toEqual([0]);
  expect(ladder(sounds, "1")).toEqual([1]);
  expect(ladder(sounds, "2")).toEqual([0]);
});

test("goes down as far as needed", () => {
  expect(lowerLevel(levels, 3, 3_000_000)).toBe(2);
  expect(lowerLevel(levels, 3, 1_300_000)).toBe(1);
  expect(lowerLevel(levels, 3, 10_000)).toBe(0);
  expect(lowerLevel(levels, 0, 10_000)).toBe(0);
});

test("goes down one step when nothing arrives", () => expect(lowerLevel(levels, 3, 0)).toBe(2));

test("goes up to the copy at once, else a step at a time, with room to spare", () => {
  expect(higherLevel(levels, 0, on(50_000_000))).toBe(3);
  expect(higherLevel(levels, 0, on(2_500_000))).toBe(1);
  expect(higherLevel(levels, 0, on(1_300_000))).toBe(0);
  expect(higherLevel(levels, 3, on(500_000_000))).toBe(3);
  expect(higherLevel(encoded, 1, on(500_000_000, 1080))).toBe(1);
  expect(higherLevel(encoded, 1, on(500_000_000, 2160))).toBe(2);
});

test("a segment that an encoder held up does not make the connection slow", () => {
  const bandwidth = new Bandwidth(null);
  bandwidth.add(100_000, 4000, false);
  expect(bandwidth.estimate).toBeNull();
  bandwidth.add(1_000_000, 1000, true);
  bandwidth.add(100_000, 4000, false);
  expect(bandwidth.estimate).toBe(8_000_000);
  bandwidth.add(2_000_000, 1000, false);
  expect(bandwidth.estimate).toBe(16_000_000);
  bandwidth.add(1_000_000, 4000, true);
  expect(bandwidth.estimate).toBe(9_000_000);
});
