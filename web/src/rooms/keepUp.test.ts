/** Tests of `keepUp.ts`: by themselves, and many simulated screens that have to show the same. */
import { expect, test } from "vitest";
import type { Playback } from "~/api/models/rooms";
import { ServerClock } from "./clock";
import { brisk, gentle, jump, KeepUp, positionAt } from "./keepUp";

const at = "2026-01-01T00:00:00.000Z";
const moment = Date.parse(at);

test("a picture that plays goes on from its moment, at its speed", () => {
  const state: Playback = { paused: false, position: 10, rate: 1.5, at };
  expect(positionAt(state, moment + 2000)).toBe(13);
  expect(positionAt(state, moment - 2000)).toBe(10);
  expect(positionAt({ ...state, paused: true }, moment + 2000)).toBe(10);
});

test("small differences are mended by the speed, in the right direction", () => {
  expect(new KeepUp().playing(10, 10.01)).toEqual({ rate: 1 });
  expect(new KeepUp().playing(10, 9.95)).toEqual({ rate: 1 + gentle });
  expect(new KeepUp().playing(10, 10.05)).toEqual({ rate: 1 - gentle });
  expect(new KeepUp().playing(10, 9.75)).toEqual({ rate: 1 + brisk });
  expect(new KeepUp().playing(10, 10.2, 2)).toEqual({ rate: 2 * (1 - gentle) });
});

test("what is being mended is mended well", () => {
  const keepUp = new KeepUp();
  keepUp.playing(10, 9.95);
  expect(keepUp.playing(10, 9.985)).toEqual({ rate: 1 + gentle });
  expect(keepUp.playing(10, 9.995)).toEqual({ rate: 1 });
  expect(keepUp.playing(10, 9.985)).toEqual({ rate: 1 });
});

test("what is far off jumps, ahead by what a jump takes", () => {
  const keepUp = new KeepUp();
  expect(keepUp.playing(10, 9.99 - jump)).toEqual({ to: 10 });
  keepUp.jumped(0.4);
  expect(keepUp.playing(10, 20)).toEqual({ to: 10.4 });
  keepUp.jumped(60);
  expect(keepUp.playing(10, 20)).toEqual({ to: expect.closeTo(10.95) });
});

test("a picture that stands still is moved only when it is elsewhere", () => {
  expect(new KeepUp().paused(10, 10.04)).toBeNull();
  expect(new KeepUp().paused(10, 12)).toBe(10);
});

/** The same numbers each time (mulberry32). */
function random(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Milliseconds: of the simulation, and between two looks of a screen at its picture. */
const step = 5;
const look = 100;

/** A screen with a clock, a network and a picture of its own. Times are the server's unless they are said to be its own. */
class Screen {
  readonly #clock = new ServerClock();
  readonly #keepUp = new KeepUp();
  readonly #ahead: number;
  readonly #skew: number;
  readonly #there: number;
  readonly #back: number;
  readonly #jitter: number;
  readonly #slowest: number;
  #arriving: { at: number; run: () => void }[] = [];
  #state: Playback | null = null;
  #rate = 1;
  #waitsUntil = 0;
  #jumpBegan: number | null = null;
  picture: number;

  constructor(readonly random: () => number) {
    this.#ahead = (random() - 0.5) * 3_600_000;
    this.#skew = 1 + (random() - 0.5) * 2e-4;
    // 0–800 ms, the two ways within 60 ms of each other.
    this.#there = random() * 800;
    this.#back = Math.min(800, Math.max(0, this.#there + (random() - 0.5) * 120));
    this.#jitter = random() * 80;
    this.#slowest = 50 + random() * 500;
    this.picture = random() * 100;
  }

  #own = (now: number) => now * this.#skew + this.#ahead;
  #way = (base: number) => base + this.random() ** 2 * this.#jitter;

  ask(now: number) {
    const sent = this.#own(now);
    const received = now + this.#way(this.#there);
    const comes = received + this.#way(this.#back);
    const run = () => this.#clock.add({ sent, received, replied: received, back: this.#own(comes) });
    this.#arriving.push({ at: comes, run });
  }

  tell(now: number, state: Playback) {
    const run = () => {
      this.#state = state;
    };
    this.#arriving.push({ at: now + this.#way(this.#back), run });
  }

  stall(now: number, milliseconds: number) {
    this.#waitsUntil = now + milliseconds;
  }

  run(now: number) {
    const due = this.#arriving.filter((one) => one.at <= now);
    this.#arriving = this.#arriving.filter((one) => one.at > now);
    for (const { run } of due) run();
    if (!this.#state || now < this.#waitsUntil) return;
    if (this.#jumpBegan !== null) {
      this.#keepUp.jumped((now - this.#jumpBegan) / 1000);
      this.#jumpBegan = null;
    }
    this.picture += (step / 1000) * this.#rate;
    if (Math.round(now) % look) return;
    const time = this.#clock.at(this.#own(now));
    if (time === null) return;
    // Browsers say where the picture is with some milliseconds of error.
    const seen = this.picture + (this.random() - 0.5) * 0.01;
    const correction = this.#keepUp.playing(positionAt(this.#state, time), seen, this.#state.rate);
    if ("rate" in correction) this.#rate = correction.rate;
    else {
      this.picture = correction.to;
      this.#rate = this.#state.rate;
      this.#jumpBegan = now;
      this.#waitsUntil = now + this.#slowest * (0.7 + 0.6 * this.random());
    }
  }
}

/** The share of moments after 5 s of playing in which all screens of a room are within 100 ms of each other. */
function together(seed: number, size: number): number {
  const next = random(seed);
  const screens = Array.from({ length: size }, () => new Screen(random(Math.floor(next() * 2 ** 31))));
  const begins = moment + 2_000;
  let good = 0;
  let moments = 0;
  for (let now = moment; now < begins + 15_000; now += step) {
    const since = now - moment;
    // A screen asks quickly at first, and then now and again.
    if (since % 250 === 0 && since < 3_000) for (const screen of screens) screen.ask(now);
    const state = { paused: false, position: 300, rate: 1, at: new Date(begins).toISOString() };
    if (now === begins) for (const screen of screens) screen.tell(now, state);
    // One screen loses the thread early on: what it missed is made up for in time.
    if (now === begins + 1_000) screens[0]?.stall(now, 600);
    for (const screen of screens) screen.run(now);
    if (now < begins + 5_000) continue;
    const places = screens.map(({ picture }) => picture);
    moments += 1;
    if (Math.max(...places) - Math.min(...places) <= 0.1) good += 1;
  }
  return good / moments;
}

test("after 5 s all screens of a room are within 100 ms of each other 95 % of the time", () => {
  const rooms = Array.from({ length: 60 }, (_, seed) => together(seed + 1, 4));
  expect(rooms.reduce((sum, one) => sum + one, 0) / rooms.length).toBeGreaterThanOrEqual(0.95);
  // And no few rooms pay for the others.
  expect(rooms.filter((one) => one < 0.95).length).toBeLessThanOrEqual(rooms.length * 0.05);
});
