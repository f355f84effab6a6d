/** Tests of `missing.ts`. */
import { expect, test } from "vitest";
import { missingNames } from "./missing";

const episode = (seasonNumber: number, episodeNumber: number) => ({ seasonNumber, episodeNumber });

test.each([
  [[], ""],
  [[episode(2, 4)], "S2:E4"],
  [[episode(1, 2), episode(1, 4), episode(1, 5), episode(1, 6), episode(2, 7)], "S1:E2, S1:E4–E6, S2:E7"],
])("%j", (missing, names) => expect(missingNames(missing)).toBe(names));
