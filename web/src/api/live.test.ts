/** Tests of `live.ts`, with a socket that can be cut. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live, type LiveEvent, type Topic } from "./live";

class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.onopen();
  }
  say(frame: object) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  cut(code = 1006) {
    this.readyState = 3;
    this.onclose({ code });
  }
}

let told: LiveEvent[];
let stale: [Topic[], number | undefined][];
let live: Live;

const socket = () => FakeSocket.all.at(-1) as FakeSocket;
const event = (id: string) => ({ action: "event", id, topic: "watch", type: "status", at: "" });
const subscribed = (topics: string[], after = "7") => ({ action: "subscribe", status: 200, topics, after });

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  FakeSocket.all = [];
  told = [];
  stale = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", { protocol: "https:", host: "kyoo.test" });
  live = new Live();
  live.listen({ event: (one) => told.push(one), stale: (topics, since) => stale.push([topics, since]) });
  live.start();
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("follows all it may and tells of what happens", () => {
  expect(socket().url).toBe("wss://kyoo.test/api/ws");
  expect(live.tells("watch")).toBe(false);
  socket().open();
  expect(socket().sent[0]).toMatchObject({ action: "subscribe" });
  expect(socket().sent[0]).not.toHaveProperty("after");
  socket().say({ ...subscribed(["watch"]), status: 403, message: "You may not follow: jobs" });
  expect([live.tells("watch"), live.tells("jobs")]).toEqual([true, false]);
  socket().say(event("8"));
  expect(told.map(({ id }) => id)).toEqual(["8"]);
  // What was fetched before that moment may be old.
  expect(stale).toEqual([[["watch"], Date.now()]]);
});

test("goes on where it was cut off", () => {
  socket().open();
  socket().say(subscribed(["watch"]));
  socket().say(event("9"));
  socket().cut();
  expect(live.tells("watch")).toBe(false);
  expect(stale.at(-1)).toEqual([["watch"], undefined]);
  vi.advanceTimersByTime(1_000);
  expect(FakeSocket.all).toHaveLength(2);
  socket().open();
  expect(socket().sent[0]).toMatchObject({ after: "9" });
  // The newest event of all is not one that this page was told.
  socket().say(subscribed(["watch"], "50"));
  socket().cut();
  vi.advanceTimersByTime(1_000);
  socket().open();
  expect(socket().sent[0]).toMatchObject({ after: "9" });
});

test("an absence that was too long", () => {
  socket().open();
  socket().say(subscribed(["watch", "scan"]));
  socket().say({ action: "reload", topics: ["scan"] });
  expect(stale.at(-1)).toEqual([["scan"], undefined]);
});

test("comes back later and later, and at once a second after it was let in", () => {
  for (const pause of [1_000, 2_000, 4_000]) {
    socket().cut();
    vi.advanceTimersByTime(pause - 1);
    const before = FakeSocket.all.length;
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(before + 1);
  }
  socket().open();
  socket().say(subscribed([]));
  socket().cut();
  vi.advanceTimersByTime(1_000);
  expect(FakeSocket.all).toHaveLength(5);
});

test("a network that is gone without a word", () => {
  socket().open();
  vi.advanceTimersByTime(25_000);
  expect(socket().sent.at(-1)).toEqual({ action: "ping" });
  socket().say({ action: "ping", response: "pong" });
  vi.advanceTimersByTime(100_000);
  expect(FakeSocket.all.length).toBeGreaterThan(1);
});

test("who stops is told nothing, and the next one knows nothing of before", () => {
  socket().open();
  socket().say(subscribed(["watch"]));
  const old = socket();
  live.stop();
  old.say(event("8"));
  vi.advanceTimersByTime(60_000);
  expect([told, FakeSocket.all.length]).toEqual([[], 1]);
  live.start();
  socket().open();
  expect(socket().sent[0]).not.toHaveProperty("after");
});
