/** Tests of `refreshing.ts`: what is fetched anew when something happens, and what is left alone. */
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveEvent } from "./live";
import { keysOf, Refreshing } from "./refreshing";

let client: QueryClient;
let refreshing: Refreshing;
let fetched: string[];

const settle = async (milliseconds = 0) => {
  await vi.advanceTimersByTimeAsync(milliseconds);
};

function look(...key: unknown[]) {
  const observer = new QueryObserver(client, {
    queryKey: key,
    queryFn: () => {
      fetched.push(key.join("/"));
      return { pages: key.includes("long") ? [1, 2, 3, 4] : [1] };
    },
    staleTime: 60_000,
  });
  return observer.subscribe(() => {});
}

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  client.mount();
  refreshing = new Refreshing(client);
  fetched = [];
});

afterEach(() => {
  client.clear();
  vi.useRealTimers();
});

const event = (more: Partial<LiveEvent>) =>
  ({ id: "1", at: "", topic: "watch", type: "status", ...more }) as LiveEvent;
const bubble = { id: "x", slug: "bubble", kind: "movie" } as const;

test("what is looked at is fetched anew, once for what happens together", async () => {
  look("movies", "bubble");
  look("movies", "other");
  look("me");
  await settle(5_000);
  fetched.length = 0;
  for (let i = 0; i < 5; i++) refreshing.refresh(keysOf(event({ show: bubble })));
  await settle(150);
  expect(fetched).toEqual(["movies/bubble"]);
});

test("not more often than once a second, and the last time counts", async () => {
  look("nextup");
  await settle(5_000);
  fetched.length = 0;
  for (let i = 0; i < 30; i++) {
    refreshing.refresh(keysOf(event({ type: "progress", show: bubble })));
    await settle(100);
  }
  await settle(2_000);
  expect(fetched.length).toBeGreaterThan(2);
  expect(fetched.length).toBeLessThan(6);
});

test("a list that was scrolled through is fetched less often", async () => {
  look("shows", "long");
  await settle(2_000);
  fetched.length = 0;
  refreshing.refresh([["shows"]]);
  await settle(4_000);
  expect(fetched).toEqual([]);
  await settle(5_000);
  expect(fetched).toEqual(["shows/long"]);
});

test("the title that was picked by chance stays, and what is being typed about", async () => {
  look("shows", "random");
  look("editable", "movie", "bubble");
  look("videos", "bubble");
  await settle(5_000);
  fetched.length = 0;
  refreshing.refresh(keysOf(event({ topic: "catalogue", type: "changed", items: [bubble] })));
  refreshing.refresh(keysOf(event({ show: bubble })));
  await settle(5_000);
  expect(fetched).toEqual([]);
});

test("what nobody looks at is fetched when somebody does", async () => {
  const leave = look("nextup");
  await settle(5_000);
  leave();
  fetched.length = 0;
  refreshing.refresh([["nextup"]]);
  await settle(5_000);
  expect(fetched).toEqual([]);
  look("nextup");
  await settle();
  expect(fetched).toEqual(["nextup"]);
});

test("what is newer than what may have been missed is left alone", async () => {
  look("nextup");
  await settle(1_000);
  const before = Date.now();
  await settle(1_000);
  look("history");
  await settle(1_000);
  fetched.length = 0;
  refreshing.refresh([["nextup"], ["history"]], before);
  await settle(2_000);
  expect(fetched).toEqual(["nextup"]);
});

test("a scan, and a picture that is ready", () => {
  expect(keysOf(event({ topic: "scan", type: "progress" }))).toContainEqual(["unmatched"]);
  const picture = event({
    topic: "catalogue",
    type: "changed",
    items: [{ ...bubble, fields: ["pictures"] }],
  });
  expect(keysOf(picture)).toEqual([["movies", "bubble"], ["shows"], ["news"], ["nextup"]]);
});
