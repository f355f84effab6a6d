/** Tests of `shortcuts.ts`. */
import { expect, test } from "vitest";
import { type PlayerActions, press } from "./shortcuts";

/** What a key does, and with what. */
function done(key: string): unknown[] | null {
  const calls: unknown[] = [];
  const actions = new Proxy({} as PlayerActions, {
    get: (_, name) => (value?: unknown) => calls.push(value === undefined ? name : [name, value]),
  });
  return press(key, actions) ? calls : null;
}

test("digits seek to a part of the whole", () => {
  expect([done("0"), done("7")]).toEqual([[["seekToFraction", 0]], [["seekToFraction", 0.7]]]);
  expect(done("F1")).toBeNull();
});

test("letters count whether or not they are capitals, names of keys do not", () => {
  for (const key of ["k", "K", " ", "MediaPlayPause"]) expect(done(key)).toEqual(["togglePlay"]);
  expect(done("L")).toEqual([["seekBy", 10]]);
  expect(done("mediaplaypause")).toBeNull();
});

test("arrows seek and set the volume, brackets the speed", () => {
  expect(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", ">", "<"].map(done)).toEqual([
    [["seekBy", -5]],
    [["seekBy", 5]],
    [["changeVolume", 0.05]],
    [["changeVolume", -0.05]],
    [["changeSpeed", 1]],
    [["changeSpeed", -1]],
  ]);
});

test("whatever stands for nothing is left to the browser", () => {
  for (const key of ["q", "Tab", "Escape", "", "é"]) expect(done(key)).toBeNull();
});
