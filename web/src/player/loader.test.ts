/** Tests of `loader.ts`. */
import { expect, test } from "vitest";
import { verdict } from "./loader";

test("a server that is away is asked again and again, ever more slowly", () => {
  expect(verdict(0, 0, null, false)).toEqual({ wait: 500, trouble: "away" });
  expect(verdict(502, 1, null, false)).toEqual({ wait: 1000, trouble: "away" });
  expect(verdict(503, 2, "soon", false)).toEqual({ wait: 2000, trouble: "away" });
  expect(verdict(0, 100, null, false)).toEqual({ wait: 4000, trouble: "away" });
});

test("a busy server says for how long it is left alone, within bounds", () => {
  expect(verdict(503, 0, "2", false)).toEqual({ wait: 2000, trouble: "busy" });
  expect(verdict(503, 50, "0", false)).toEqual({ wait: 500, trouble: "busy" });
  expect(verdict(503, 0, "86400", false)).toEqual({ wait: 30_000, trouble: "busy" });
});

test("a segment that broke off is begun anew by whoever has its first part", () =>
  expect(verdict(0, 0, null, true)).toBe("broken"));

test("a failure gets one more chance, a refusal none", () => {
  expect(verdict(500, 0, null, false)).toEqual({ wait: 1000, trouble: null });
  expect(verdict(500, 1, null, false)).toBe("failed");
  for (const status of [400, 401, 403, 404, 410]) expect(verdict(status, 0, "5", false)).toBe("failed");
});
