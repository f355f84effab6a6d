/** Tests of `scanner.ts`. */
import { afterEach, expect, test, vi } from "vitest";
import { live } from "./live";
import { scanProgress } from "./scanner";

afterEach(() => void vi.restoreAllMocks());

type Query = Parameters<Extract<typeof scanProgress.refetchInterval, (...given: never) => unknown>>[0];

test.each([
  [false, false, 2_500],
  [false, true, 2_500],
  [true, false, 60_000],
  [true, true, 5_000],
])(
  "progress, when the server tells of scans: %s, and one runs: %s, is asked for after %d ms",
  (tells, running, after) => {
    vi.spyOn(live, "tells").mockReturnValue(tells);
    const query = { state: { data: { running }, error: null } } as unknown as Query;
    const interval = scanProgress.refetchInterval;
    expect(typeof interval === "function" && interval(query)).toBe(after);
  },
);
