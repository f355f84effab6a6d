/** Tests of `tracks.ts`. */
import { expect, test } from "vitest";
import type { AudioTrack, Subtitle } from "~/api/models/files";
import {
  audioKey,
  audioOptions,
  browserMime,
  pickAudio,
  pickSubtitle,
  qualityOptions,
  subtitleKind,
  subtitleLabel,
} from "./tracks";

const level = (quality: string, height: number, bitrate: number) => ({
  uri: `http://server/video/abc/0/${quality}/index.m3u8?clientId=x`,
  height,
  bitrate,
});

test("lists qualities best first, each once", () => {
  const levels = [
    level("240p", 240, 700_000),
    level("720p", 720, 4_000_000),
    level("transcode", 1080, 6_000_000),
    level("original", 1080, 8_000_000),
    level("original", 1080, 8_000_000),
  ];
  expect(qualityOptions(levels)).toEqual([
    { level: 3, label: "1080p (original)", height: 1080 },
    { level: 2, label: "1080p", height: 1080 },
    { level: 1, label: "720p", height: 720 },
    { level: 0, label: "240p", height: 240 },
  ]);
});

test("calls a wide film's quality by its step, not by its own height", () => {
  expect(qualityOptions([level("720p", 544, 1)])[0]?.label).toBe("720p");
});

const hlsTrack = (index: number, quality: string, name: string, lang: string) => ({
  name,
  lang,
  url: `http://server/video/abc/audio/${index}/${quality}/index.m3u8`,
});

const tracks = [
  hlsTrack(0, "128k", "Japanese", "ja"),
  hlsTrack(1, "128k", "Audio 2", "en"),
  hlsTrack(0, "original", "Japanese", "ja"),
  hlsTrack(1, "original", "Audio 2", "en"),
];

test("offers each audio track once, though every quality repeats it", () => {
  const options = audioOptions(tracks, []);
  expect(options.map((option) => [option.key, option.language])).toEqual([
    ["0", "ja"],
    ["1", "en"],
  ]);
});

test("tells two tracks of one language apart", () => {
  expect(audioOptions([hlsTrack(0, "128k", "x", "en"), hlsTrack(1, "128k", "x", "en")], [])).toHaveLength(2);
  expect(audioKey({ name: "Commentary", lang: "en", url: "elsewhere.m3u8" })).toBe("en/Commentary");
});

test("names audio tracks by what the file says", () => {
  const known = [{ index: 1, title: "Director", language: "en", channels: 6 }] as AudioTrack[];
  expect(audioOptions(tracks, known)[1]?.label).toBe("English – Director · 5.1");
});

test("picks audio by language, regions aside", () => {
  const options = audioOptions(tracks, []);
  expect(pickAudio(options, "en-GB")?.key).toBe("1");
  expect(pickAudio(options, "fr")).toBeUndefined();
  expect(pickAudio(options, null)).toBeUndefined();
});

const subtitle = (changes: Partial<Subtitle>): Subtitle => ({
  index: 0,
  title: null,
  language: "en",
  codec: "subrip",
  extension: "srt",
  isDefault: false,
  isForced: false,
  isHearingImpaired: false,
  isExternal: false,
  link: "/video/abc/subtitle/0.srt",
  ...changes,
});

test("knows how to draw what it can draw", () => {
  expect(subtitleKind(subtitle({}))).toBe("text");
  expect(subtitleKind(subtitle({ extension: "ass", codec: "ass" }))).toBe("ass");
  expect(subtitleKind(subtitle({ extension: "sup", codec: "hdmv_pgs_subtitle" }))).toBe("pgs");
  expect(subtitleKind(subtitle({ extension: null, codec: "dvd_subtitle" }))).toBeNull();
  expect(subtitleKind(subtitle({ link: null }))).toBeNull();
});

test("names subtitles with their marks", () => {
  expect(subtitleLabel(subtitle({ isHearingImpaired: true, title: "Full" }), 0)).toBe("English – Full (CC)");
  expect(subtitleLabel(subtitle({ language: null }), 2)).toBe("Track 3");
});

test("picks the first subtitles", () => {
  const forced = subtitle({ isForced: true, isDefault: true });
  const full = subtitle({ isHearingImpaired: false, language: "en-US" });
  const cc = subtitle({ isHearingImpaired: true });
  const french = subtitle({ language: "fr", isDefault: true });
  expect(pickSubtitle([full, french], null)).toBeNull();
  expect(pickSubtitle([full, forced], null)).toBe(forced);
  expect(pickSubtitle([full, forced], "none")).toBeNull();
  expect(pickSubtitle([full, french], "default")).toBe(french);
  expect(pickSubtitle([forced, cc, full], "en")).toBe(full);
  expect(pickSubtitle([forced, cc], "en")).toBe(forced);
  expect(pickSubtitle([full], "de")).toBeNull();
});

test("gives Matroska the name that browsers accept", () => {
  expect(browserMime('video/x-matroska; codecs="avc1.640028"')).toBe('video/mp4; codecs="avc1.640028"');
  expect(browserMime(null)).toBeNull();
});
