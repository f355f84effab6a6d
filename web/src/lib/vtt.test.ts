/** Tests of `vtt.ts`. */
import { expect, test } from "vitest";
import { parseSprites, parseTimestamp, spriteAt } from "./vtt";

const base = "http://server/video/abc/thumbnails.vtt";

const index = `WEBVTT

00:00:00.000 --> 00:00:10.000
/video/abc/thumbnails.png#xywh=0,0,256,144

2
00:00:10.000 --> 00:00:20.000 align:start
thumbnails.png#xywh=256,0,256,144
`;

test.each([
  ["00:00:00.000", 0],
  ["01:02:03.500", 3723.5],
  ["02:03.250", 123.25],
  ["100:00:00.000", 360_000],
  ["00:00:01,5", 1.5],
])("reads the timestamp %s", (text, seconds) => expect(parseTimestamp(text)).toBeCloseTo(seconds));

test.each(["", "12", "a:b:c", "1:2:3:4"])("refuses the timestamp %j", (text) =>
  expect(parseTimestamp(text)).toBeNaN(),
);

test("reads pictures and makes their addresses absolute", () => {
  expect(parseSprites(index, base)).toEqual([
    { start: 0, end: 10, url: "http://server/video/abc/thumbnails.png", x: 0, y: 0, width: 256, height: 144 },
    {
      start: 10,
      end: 20,
      url: "http://server/video/abc/thumbnails.png",
      x: 256,
      y: 0,
      width: 256,
      height: 144,
    },
  ]);
});

test("reads files with Windows line ends", () => {
  expect(parseSprites(index.replaceAll("\n", "\r\n"), base)).toHaveLength(2);
});

test("leaves out cues that are no pictures", () => {
  const text =
    "WEBVTT\n\nNOTE hello\n\n00:00.000 --> 00:01.000\njust words\n\n00:01.000 --> nonsense\na.png#xywh=0,0,1,1\n";
  expect(parseSprites(text, base)).toEqual([]);
  expect(parseSprites("", base)).toEqual([]);
});

test("finds the picture of a position", () => {
  const sprites = parseSprites(index, base);
  expect(spriteAt(sprites, 0)?.x).toBe(0);
  expect(spriteAt(sprites, 9.99)?.x).toBe(0);
  expect(spriteAt(sprites, 10)?.x).toBe(256);
  expect(spriteAt(sprites, 5000)?.x).toBe(256);
  expect(spriteAt([], 5)).toBeUndefined();
});
