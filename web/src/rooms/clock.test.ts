/** Tests of `clock.ts`. */
import { expect, test } from "vitest";
import { ServerClock } from "./clock";

test("knows nothing before an answer", () => {
  expect(new ServerClock().offset).toBeNull();
  expect(new ServerClock().at(5)).toBeNull();
});

test("the quickest exchange counts", () => {
  const clock = new ServerClock();
  // The server is 1000 ms ahead. The first answer was held up on its way back.
  clock.add({ sent: 0, received: 1020, replied: 1021, back: 641 });
  expect(clock.offset).toBe(700);
  clock.add({ sent: 1000, received: 2020, replied: 2030, back: 1050 });
  expect(clock.offset).toBe(1000);
  clock.add({ sent: 2000, received: 3400, replied: 3400, back: 2420 });
  expect(clock.offset).toBe(1000);
  expect(clock.at(50)).toBe(1050);
});

test("an exchange of long ago gives way to a slower one", () => {
  const clock = new ServerClock();
  clock.add({ sent: 0, received: 1010, replied: 1010, back: 20 });
  clock.add({ sent: 600_000, received: 601_130, replied: 601_130, back: 600_200 });
  expect(clock.offset).toBe(1030);
});

test("what cannot be is not counted", () => {
  const clock = new ServerClock();
  clock.add({ sent: 10, received: 0, replied: 500, back: 20 });
  clock.add({ sent: Number.NaN, received: 0, replied: 0, back: 0 });
  expect(clock.offset).toBeNull();
});
