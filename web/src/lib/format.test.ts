/** Tests of `format.ts`. */
import { expect, test } from "vitest";
import type { Entry, Movie, Serie } from "~/api/models/catalogue";
import {
  entryName,
  entryNumber,
  entryTitle,
  fileName,
  formatAgo,
  formatBitrate,
  formatRating,
  formatRuntime,
  formatSize,
  formatTime,
  formatYears,
  languageName,
} from "./format";

test.each([
  [0, "0:00"],
  [9.99, "0:09"],
  [65, "1:05"],
  [3600, "1:00:00"],
  [3723.9, "1:02:03"],
  [36_000, "10:00:00"],
  [-4, "0:00"],
  [Number.NaN, "0:00"],
  [Number.POSITIVE_INFINITY, "0:00"],
])("shows the position %d as %s", (seconds, text) => expect(formatTime(seconds)).toBe(text));

test.each([
  [null, ""],
  [0, ""],
  [24, "24 min"],
  [60, "1 h"],
  [102, "1 h 42 min"],
])("shows the runtime %s as %j", (minutes, text) => expect(formatRuntime(minutes)).toBe(text));

test("shows sizes and bit rates", () => {
  expect(formatSize(512)).toBe("512 B");
  expect(formatSize(40_154_614)).toBe("40.2 MB");
  expect(formatSize(4_700_000_000)).toBe("4.7 GB");
  expect(formatBitrate(128_000)).toBe("128 kbit/s");
  expect(formatBitrate(4_800_000)).toBe("4.8 Mbit/s");
  expect(formatBitrate(0)).toBe("");
});

test("shows years", () => {
  const movie = { kind: "movie", airDate: "1954-04-26" } as Movie;
  const serie = { kind: "serie", startAir: "1999-10-20", endAir: null, status: "airing" } as Serie;
  expect(formatYears(movie)).toBe("1954");
  expect(formatYears({ ...movie, airDate: null })).toBe("");
  expect(formatYears(serie)).toBe("since 1999");
  expect(formatYears({ ...serie, endAir: "1999-12-24" })).toBe("1999");
  expect(formatYears({ ...serie, endAir: "2004-01-01" })).toBe("1999 – 2004");
});

test("averages the ratings that there are", () => {
  expect(formatRating({ themoviedatabase: 80, imdb: 90, tvdb: 0 })).toBe("8.5");
  expect(formatRating({})).toBe("");
});

test("names entries", () => {
  const episode = { kind: "episode", seasonNumber: 2, episodeNumber: 13, name: "Home" } as Entry;
  expect(entryTitle(episode)).toBe("S2:E13 – Home");
  expect(entryTitle({ ...episode, name: null })).toBe("S2:E13");
  expect(entryName({ ...episode, name: null })).toBe("Episode 13");
  expect(entryName(episode)).toBe("Home");
  expect(entryNumber({ kind: "special", number: 3 } as Entry)).toBe("SP3");
  expect(entryTitle({ kind: "movie", name: "Dawn" } as Entry)).toBe("Dawn");
});

test("tells how long ago", () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  expect(formatAgo("2026-03-07T12:00:00Z", now)).toBe("3 days ago");
  expect(formatAgo("2026-03-10T11:59:50Z", now)).toBe("this minute");
  expect(formatAgo("nonsense", now)).toBe("");
});

test("names languages, and lets unknown codes through", () => {
  expect(languageName("ja")).toBe("Japanese");
  expect(languageName("not a language")).toBe("not a language");
});

test("takes the file name off a path", () => expect(fileName("/a/b/c d.mkv")).toBe("c d.mkv"));
