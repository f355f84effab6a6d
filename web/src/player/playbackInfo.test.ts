/** Tests of `playbackInfo.ts`. */
import { expect, test } from "vitest";
import type { AudioTrack, MediaInfo, VideoTrack } from "~/api/models/files";
import { idle } from "./engine";
import { playbackFacts, whyConverted } from "./playbackInfo";

const video: VideoTrack = {
  index: 0,
  title: null,
  language: null,
  codec: "hevc",
  mimeCodec: "hvc1.2.4.L120.B0",
  width: 720,
  height: 576,
  bitrate: 6_000_000,
  isDefault: true,
};
const audio = {
  index: 1,
  codec: "ac3",
  channels: 6,
  language: "fr",
  title: null,
  bitrate: 384_000,
} as AudioTrack;
const copy = { uri: "/0/original/index.m3u8", height: 576, bitrate: 6_000_000, copiedAudio: ["0"] };
const small = { uri: "/0/240p/index.m3u8", height: 240, bitrate: 400_000 };
const nothing = () => false;
const all = () => true;

test.each([
  ["the file is copied", { levels: [small, copy], activeLevel: 1 }, all, null],
  ["the browser lacks the codec", { levels: [small], activeLevel: 0 }, nothing, "HEVC"],
  ["the server cannot send it", { levels: [small], activeLevel: 0 }, all, "HEVC"],
  ["somebody chose it", { levels: [small, copy], level: 0, activeLevel: 0 }, all, "240p"],
  ["the line is slow", { levels: [small, copy], activeLevel: 0 }, all, "slow"],
  ["the copy failed", { levels: [small, { ...copy, excluded: true }], activeLevel: 0 }, all, "failed"],
])("says why when %s", (_, state, plays, words) => {
  const why = whyConverted({ ...idle, ...state }, video, plays);
  if (words === null) expect(why).toBeNull();
  else expect(why).toContain(words);
});

test("what the server does not say is left out, and the rest is in words", () => {
  const info = { container: "matroska", videos: [video], audios: [audio] } as unknown as MediaInfo;
  const state = { ...idle, levels: [small, copy], activeLevel: 1, audio: "1" };
  const given = { state, info, plays: all, ahead: 21.4, dropped: 2, frames: 400, bandwidth: 8_000_000 };
  const text = playbackFacts(given)
    .map(({ name, value }) => `${name}: ${value}`)
    .join("\n");
  expect(text).toContain("HEVC · 720 × 576 · 6.0 Mbit/s");
  expect(text).toContain("AC-3 · 5.1 · French · 384 kbit/s · converted");
  expect(text).toContain("21 s");
  expect(text).toContain("2 of 400");
  expect(text).not.toMatch(/undefined|NaN|null/);
  const squeezed = {
    ...video,
    displayWidth: 1024,
    displayHeight: 576,
    sampleAspectRatio: "64:45",
    hdr: "HDR10",
  } as const;
  const more = playbackFacts({ ...given, info: { ...info, videos: [{ ...squeezed, rotation: 90 }] } });
  expect(more.map(({ value }) => value).join()).toMatch(
    /1024 × 576 · HDR10 · turned by 90° · pixels of 64:45/,
  );
  expect(playbackFacts({ ...given, state: idle, info: undefined, frames: 0, bandwidth: null })).toHaveLength(
    1,
  );
});
