/** Tests of `progress.ts`. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry } from "~/api/models/catalogue";
import type { FullVideo } from "~/api/models/files";
import { historyItems, percentOf, startPosition, trackProgress } from "./progress";

const entry = (id: string) => ({ id, kind: "episode" }) as Entry;
const target = (
  entries: string[],
  next?: { entry: string; video: string | null },
): Pick<FullVideo, "id" | "entries" | "next"> => ({
  id: "file",
  entries: entries.map(entry),
  next: next ? { video: next.video, entry: entry(next.entry) } : null,
});

test.each([
  [0, 100, 0],
  [50.4, 100, 50],
  [200, 100, 100],
  [-1, 100, 0],
  [10, 0, 0],
  [10, Number.NaN, 0],
])("%d s of %d s are %d %%", (time, duration, percent) => expect(percentOf(time, duration)).toBe(percent));

test("saves whole numbers", () => {
  expect(historyItems(target(["a"]), 33.7, 100, false)).toEqual([
    { entry: "a", videoId: "file", percent: 34, time: 33, playedDate: null },
  ]);
});

test("is finished at the end", () => {
  expect(historyItems(target(["a"]), 100, 100, true)[0]).toMatchObject({ percent: 100, time: 100 });
});

test("an early part of a film does not finish it", () => {
  const part = target(["film"], { entry: "film", video: "film-p2" });
  expect(historyItems(part, 99, 100, false)[0]?.percent).toBe(94);
  expect(historyItems(part, 100, 100, true)[0]?.percent).toBe(94);
});

test("finds the running episode in a file of two, and finishes both at its end", () => {
  const double = target(["a", "b"], { entry: "c", video: "c" });
  expect(historyItems(double, 10, 100, false).map((item) => item.entry)).toEqual(["a"]);
  expect(historyItems(double, 60, 100, false).map((item) => item.entry)).toEqual(["b"]);
  expect(historyItems(double, 100, 100, true)).toMatchObject([
    { entry: "a", videoId: "file", percent: 100 },
    { entry: "b", videoId: null, percent: 100 },
  ]);
});

test("a file without a match saves nothing", () =>
  expect(historyItems(target([]), 5, 10, false)).toEqual([]));

test("starts where the address says, else where the reader stopped", () => {
  const progress = { percent: 40, time: 480, playedDate: null, videoId: null };
  const video = { id: "file", part: null, progress };
  expect(startPosition(undefined, video)).toBe(480);
  expect(startPosition("90", video)).toBe(90);
  expect(startPosition("0", video)).toBe(0);
  expect(startPosition("nonsense", video)).toBe(480);
  expect(startPosition(undefined, { ...video, progress: { ...progress, percent: 97 } })).toBe(0);
  expect(startPosition(undefined, { ...video, part: 1 })).toBe(0);
  expect(startPosition(undefined, { ...video, part: 2, progress: { ...progress, videoId: "file" } })).toBe(
    480,
  );
});

/** The few members of a <video> that saving looks at. */
class FakeVideo extends EventTarget {
  currentTime = 0;
  readyState = 4;
  paused = true;
  ended = false;
}

let sent: unknown[];

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => (key === "session" ? "one" : null),
    setItem() {},
    removeItem() {},
  });
  vi.stubGlobal("window", new EventTarget());
  // No socket can be had here; `reports.test.ts` is about those.
  vi.stubGlobal("location", { protocol: "http:", host: "kyoo.test" });
  vi.stubGlobal(
    "WebSocket",
    class {
      static OPEN = 1;
      readyState = 0;
      close() {}
    },
  );
  vi.stubGlobal("document", new EventTarget());
  vi.stubGlobal("fetch", (_: string, options: { body: string; keepalive?: boolean }) => {
    sent.push({ ...JSON.parse(options.body)[0], keepalive: options.keepalive });
    return Promise.resolve(new Response(null, { status: 204 }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function play() {
  const video = new FakeVideo();
  const stop = trackProgress(video as unknown as HTMLVideoElement, target(["a"]), () => 100);
  return { video, stop };
}

test("saves nothing before the first picture", () => {
  const { video, stop } = play();
  video.currentTime = 30;
  video.dispatchEvent(new Event("pause"));
  stop();
  expect(sent).toEqual([]);
});

test("saves every five seconds while playing, and on pause", () => {
  const { video } = play();
  video.paused = false;
  video.dispatchEvent(new Event("playing"));
  video.currentTime = 10;
  vi.advanceTimersByTime(5_000);
  expect(sent).toMatchObject([{ time: 10 }]);
  vi.advanceTimersByTime(5_000);
  expect(sent).toHaveLength(1);
  video.currentTime = 15;
  video.paused = true;
  video.dispatchEvent(new Event("pause"));
  expect(sent).toMatchObject([{ time: 10 }, { time: 15 }]);
});

test("saves with keepalive when the page goes away, and when the player is left", () => {
  const { video, stop } = play();
  video.dispatchEvent(new Event("playing"));
  video.currentTime = 7;
  window.dispatchEvent(new Event("pagehide"));
  video.currentTime = 9;
  stop();
  expect(sent).toMatchObject([
    { time: 7, keepalive: true },
    { time: 9, keepalive: true },
  ]);
});

test("an emptied video still saves where the reader was", () => {
  const { video, stop } = play();
  video.dispatchEvent(new Event("playing"));
  video.currentTime = 42;
  video.dispatchEvent(new Event("timeupdate"));
  video.currentTime = 0;
  video.readyState = 0;
  stop();
  expect(sent).toMatchObject([{ time: 42 }]);
});

test("ends at 100 % and stays there", () => {
  const { video, stop } = play();
  video.dispatchEvent(new Event("playing"));
  video.currentTime = 99.6;
  video.ended = true;
  video.dispatchEvent(new Event("pause"));
  video.dispatchEvent(new Event("ended"));
  stop();
  expect(sent).toMatchObject([{ percent: 100, time: 100 }]);
});
