/** Decides when to save how far the reader has come, and what; `reports.ts` carries it to the server. */

import type { FullVideo } from "~/api/models/files";
import type { HistoryItem } from "~/api/profiles";
import { isLoggedIn } from "~/api/session";
import { finishedAt, isFinished } from "~/lib/finished";
import { Reports } from "./reports";

/** While playing, a save every so often (milliseconds). */
const interval = 5_000;

/** An early part of a film never ends it. */
const unfinished = finishedAt - 1;

type Target = Pick<FullVideo, "id" | "entries" | "next">;

/** True when other parts of the same entry follow this file. */
const hasLaterPart = (target: Target) =>
  target.entries.some((entry) => entry.id === target.next?.entry.id) && target.next?.video !== null;

export function percentOf(time: number, duration: number): number {
  if (!(duration > 0)) return 0;
  return Math.min(100, Math.max(0, Math.round((time / duration) * 100)));
}

/**
 * What to save for a position. A file may hold several episodes: those behind the position are over (they are sent when the
 * file ends), the one it falls into is running, assuming equal lengths.
 */
export function historyItems(target: Target, time: number, duration: number, ended: boolean): HistoryItem[] {
  const limit = hasLaterPart(target) ? unfinished : 100;
  const item = (entry: string, percent: number, first: boolean): HistoryItem => ({
    entry,
    // The server updates one row for each file: only one entry may carry the file.
    videoId: first ? target.id : null,
    percent: Math.min(limit, percent),
    time: Math.max(0, Math.floor(time)),
    playedDate: null,
  });
  if (ended) return target.entries.map((entry, i) => item(entry.id, 100, i === 0));
  const count = target.entries.length;
  const running = target.entries[Math.min(count - 1, Math.floor((time / (duration || 1)) * count))];
  return running ? [item(running.id, percentOf(time, duration), true)] : [];
}

/** Watches `video` and saves: every 5 s of playing, on pause, after seeking, when the page goes away, at the end. */
export function trackProgress(video: HTMLVideoElement, target: Target, duration: () => number): () => void {
  const abort = new AbortController();
  // Before the first picture the position is that of nothing.
  let started = false;
  let reports: Reports | null = null;
  let last = Number.NaN;
  // Kept aside: leaving the player empties the video, which then says 0.
  let time = 0;

  const save = (ended = false, leaving = false) => {
    if (video.readyState > 0) time = video.currentTime;
    if (!started || !isLoggedIn() || (!ended && Math.floor(time) === last)) return;
    last = Math.floor(time);
    reports ??= new Reports();
    reports.send(historyItems(target, ended ? duration() : time, duration(), ended), leaving);
  };
  const leave = () => {
    save(false, true);
    reports?.leave();
  };

  const timer = setInterval(() => !video.paused && save(), interval);
  const on = (target: EventTarget, name: string, listener: () => void) =>
    target.addEventListener(name, listener, { signal: abort.signal });
  on(video, "playing", () => {
    started = true;
    if (isLoggedIn()) reports ??= new Reports();
  });
  on(video, "timeupdate", () => {
    if (video.readyState > 0) time = video.currentTime;
  });
  on(video, "pause", () => !video.ended && save());
  on(video, "seeked", () => save());
  on(video, "ended", () => save(true));
  on(window, "pagehide", leave);
  on(document, "visibilitychange", () => document.visibilityState === "hidden" && leave());

  return () => {
    clearInterval(timer);
    abort.abort();
    if (!video.ended) save(false, true);
    reports?.close();
  };
}

/** Seconds to start at: the address, else where the reader stopped; the beginning when it was over. */
export function startPosition(
  wanted: string | undefined,
  { id, part, progress }: Pick<FullVideo, "id" | "part" | "progress">,
): number {
  const asked = Number(wanted);
  if (wanted !== undefined && Number.isFinite(asked) && asked >= 0) return asked;
  // A position in another part of the film is none in this one; all versions share theirs.
  if (part !== null && progress.videoId !== id) return 0;
  return progress && !isFinished(progress.percent) ? progress.time : 0;
}
