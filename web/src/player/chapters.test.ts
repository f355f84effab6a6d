/** Tests of `chapters.ts`. */
import { expect, test } from "vitest";
import type { Chapter } from "~/api/models/files";
import { chapterAt, endsVideo, skipAction, storyEnd } from "./chapters";

const chapter = (
  startTime: number,
  endTime: number,
  type: Chapter["type"],
  firstAppearance?: boolean,
): Chapter => ({
  startTime,
  endTime,
  name: "",
  type,
  firstAppearance,
});

const intro = chapter(10, 100, "intro");
const credits = chapter(1300, 1399, "credits");
const chapters = [chapter(0, 10, "content"), intro, chapter(100, 1300, "content"), credits];

test("finds the chapter of a position", () => {
  expect(chapterAt(chapters, 10)).toBe(intro);
  expect(chapterAt(chapters, 99.9)).toBe(intro);
  expect(chapterAt(chapters, 100)?.type).toBe("content");
  expect(chapterAt(chapters, 5000)).toBeUndefined();
});

test("offers a button unless the account says otherwise", () => {
  expect(skipAction(intro, undefined)).toBe("button");
  expect(skipAction(chapters[0], undefined)).toBe("none");
  expect(skipAction(undefined, undefined)).toBe("none");
  expect(skipAction(intro, { chapterSkip: { intro: "disabled" } })).toBe("none");
  expect(skipAction(intro, { chapterSkip: { intro: "autoSkip" } })).toBe("auto");
});

test("shows a new opening once", () => {
  const settings = { chapterSkip: { intro: "autoSkipExceptFirstAppearance" } } as const;
  expect(skipAction(chapter(0, 90, "intro", true), settings)).toBe("button");
  expect(skipAction(chapter(0, 90, "intro", false), settings)).toBe("auto");
});

test("knows when a skip would end the video", () => {
  expect(endsVideo(credits, 1400)).toBe(true);
  expect(endsVideo(credits, 1440)).toBe(false);
});

test("offers the next episode from the credits on, or shortly before the end", () => {
  expect(storyEnd(chapters, 1400)).toBe(1300);
  expect(storyEnd([], 1400)).toBe(1375);
  expect(storyEnd([chapter(0, 60, "credits")], 1400)).toBe(1375);
});
