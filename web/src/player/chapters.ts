/** Chapters: which one plays, and whether it may be skipped. Pure. */

import type { ChapterSkip, UserSettings } from "~/api/models/accounts";
import type { Chapter } from "~/api/models/files";

export type SkipAction = "auto" | "button" | "none";

/** A skip that lands this close to the end (seconds) means the video is over. */
const endMargin = 3;

export const chapterAt = (chapters: readonly Chapter[], time: number) =>
  chapters.find((chapter) => time >= chapter.startTime && time < chapter.endTime);

export function skipAction(chapter: Chapter | undefined, settings: UserSettings | undefined): SkipAction {
  if (!chapter || chapter.type === "content") return "none";
  const wanted: ChapterSkip = settings?.chapterSkip?.[chapter.type] ?? "showSkipButton";
  if (wanted === "disabled") return "none";
  if (wanted === "autoSkip") return "auto";
  if (wanted === "autoSkipExceptFirstAppearance")
    return chapter.firstAppearance === false ? "auto" : "button";
  return "button";
}

export const endsVideo = (chapter: Chapter, duration: number) => chapter.endTime >= duration - endMargin;

/** Where the end of the story is, for offering the next episode: the last credits, or a few seconds before the end. */
export function storyEnd(chapters: readonly Chapter[], duration: number): number {
  const credits = chapters.findLast((chapter) => chapter.type === "credits");
  return credits && credits.startTime > duration / 2 ? credits.startTime : Math.max(0, duration - 25);
}
