/** Tests of `reports.ts`, with a socket and a network that can be cut. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Reports, sendKept } from "./reports";

class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = () => {};
  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
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
  answer(action = "watch") {
    this.onmessage({ data: JSON.stringify({ action, status: 201 }) });
  }
  cut() {
    this.readyState = 3;
    this.onclose();
  }
}

type Posted = { time: number; playedDate: string | null; keepalive?: boolean };
let posted: Posted[];
let online: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  posted = [];
  online = true;
  const stored = new Map([["session", "one"]]);
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  vi.stubGlobal("location", { protocol: "https:", host: "kyoo.test" });
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", (_: string, options: { body: string; keepalive?: boolean }) => {
    if (!online) return Promise.reject(new TypeError("no network"));
    for (const item of JSON.parse(options.body)) posted.push({ ...item, keepalive: options.keepalive });
    return Promise.resolve(new Response(null, { status: 204 }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const at = (time: number) => [{ entry: "e", videoId: "v", percent: time, time, playedDate: null }];
const socket = (number = 0) => FakeSocket.all[number] as FakeSocket;
const times = () => posted.map((item) => item.time);

function connected() {
  const reports = new Reports();
  socket().open();
  return reports;
}

test("reports over the socket once it is open, by POST before", () => {
  const reports = new Reports();
  expect([socket().url, socket().protocol]).toEqual(["wss://kyoo.test/api/ws", "kyoo"]);
  reports.send(at(1));
  socket().open();
  reports.send(at(2));
  expect(times()).toEqual([1]);
  expect(socket().sent).toEqual([{ action: "watch", entry: "e", videoId: "v", percent: 2, time: 2 }]);
});

test("the heart beats every 25 s", () => {
  connected();
  vi.advanceTimersByTime(50_000);
  expect(socket().sent).toEqual([{ action: "ping" }, { action: "ping" }]);
});

test("what the socket does not take is posted: several episodes in one file", () => {
  connected().send([...at(9), { entry: "f", videoId: null, percent: 100, time: 9, playedDate: null }]);
  expect(posted).toHaveLength(2);
  expect(socket().sent).toEqual([]);
});

test("a socket that breaks loses nothing, and is replaced", () => {
  const reports = connected();
  reports.send(at(1));
  socket().answer();
  reports.send(at(2));
  reports.send(at(3));
  socket().cut();
  expect(times()).toEqual([3]);
  vi.advanceTimersByTime(1_000);
  socket(1).open();
  reports.send(at(4));
  expect(socket(1).sent).toMatchObject([{ time: 4 }]);
});

test("a socket that no longer answers is given up", () => {
  const reports = connected();
  reports.send(at(1));
  socket().answer("ping");
  vi.advanceTimersByTime(8_000);
  expect(times()).toEqual([1]);
  vi.advanceTimersByTime(1_000);
  expect(FakeSocket.all).toHaveLength(2);
});

test("a server without sockets is asked less and less often", () => {
  new Reports();
  for (let second = 0; second < 100; second++) {
    FakeSocket.all.at(-1)?.cut();
    vi.advanceTimersByTime(1_000);
  }
  expect(FakeSocket.all.length).toBeLessThan(10);
});

test("what is not confirmed when the page goes away is posted, once", () => {
  const reports = connected();
  reports.send(at(1));
  reports.leave();
  reports.leave();
  reports.send(at(2), true);
  reports.leave();
  expect(posted.map(({ time, keepalive }) => [time, keepalive])).toEqual([
    [1, true],
    [2, true],
  ]);
});

test("closing says what was not confirmed, and opens no other socket", () => {
  const reports = connected();
  reports.send(at(5));
  reports.close();
  socket().onclose();
  vi.advanceTimersByTime(120_000);
  expect(times()).toEqual([5]);
  expect(FakeSocket.all).toHaveLength(1);
});

test("without a network the last position is kept, with its time, until there is one", async () => {
  vi.setSystemTime("2030-01-01T20:00:00Z");
  const reports = connected();
  online = false;
  reports.send(at(7));
  socket().cut();
  reports.send(at(8));
  await vi.advanceTimersByTimeAsync(60_000);
  reports.close();
  expect(posted).toEqual([]);
  online = true;
  await sendKept();
  expect(posted).toMatchObject([{ time: 8, playedDate: "2030-01-01T20:00:00.000Z" }]);
  await sendKept();
  expect(posted).toHaveLength(1);
});

test("a page that goes away without a network leaves behind what it could not say", async () => {
  vi.stubGlobal("navigator", { onLine: false });
  online = false;
  new Reports().send(at(9), true);
  // Nothing of this page happens any more.
  expect(JSON.parse(localStorage.getItem("unsent progress") ?? "null")).toMatchObject({
    items: [{ time: 9 }],
  });
});

test("nor is it lost where the server did not answer before", async () => {
  const reports = new Reports();
  online = false;
  reports.send(at(3));
  await vi.advanceTimersByTimeAsync(0);
  reports.send(at(9), true);
  expect(JSON.parse(localStorage.getItem("unsent progress") ?? "null")).toMatchObject({
    items: [{ time: 9 }],
  });
  online = true;
  await sendKept();
});

test("what arrives although there seemed to be no network is sent once", async () => {
  vi.stubGlobal("navigator", { onLine: false });
  new Reports().send(at(9), true);
  await vi.advanceTimersByTimeAsync(0);
  await sendKept();
  expect(times()).toEqual([9]);
});

test("what is kept is given up once it has arrived, not before", async () => {
  const reports = new Reports();
  online = false;
  reports.send(at(3));
  await vi.advanceTimersByTimeAsync(0);
  online = true;
  const sent = Promise.all([sendKept(), sendKept()]);
  expect(localStorage.getItem("unsent progress")).not.toBeNull();
  await sent;
  expect(localStorage.getItem("unsent progress")).toBeNull();
  expect(times()).toEqual([3]);
});

test("it is sent as soon as the network is back", async () => {
  const reports = new Reports();
  online = false;
  reports.send(at(3));
  await vi.advanceTimersByTimeAsync(0);
  online = true;
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(times()).toEqual([3]);
});

test("what one reader left is not sent as another", async () => {
  const reports = new Reports();
  online = false;
  reports.send(at(3));
  await vi.advanceTimersByTimeAsync(0);
  online = true;
  localStorage.setItem("session", "another");
  await sendKept();
  expect(posted).toEqual([]);
});
