/** Tests of `blurhash.ts`. */
import { expect, test } from "vitest";
import { decodeBlurhash, isBlurhash } from "./blurhash";

test.each(["", "000000", "LEHV6", "LEHV6nWB2yk8pyo0adR*.7kCMdn", "LEHV6nWB2yk8pyo0adR*.7kCMd\u00e9j"])(
  "refuses %j",
  (hash) => expect(isBlurhash(hash)).toBe(false),
);

test("decodes one component to its colour", () => {
  // Size 1×1, then the average colour #ff0000 in base 83.
  const hash = "00TI:j";
  expect(isBlurhash(hash)).toBe(true);
  expect([...decodeBlurhash(hash, 1, 1)]).toEqual([255, 0, 0, 255]);
});

test("decodes a known picture: bright above, darker below", () => {
  const hash = "LEHV6nWB2yk8pyo0adR*.7kCMdnj";
  expect(isBlurhash(hash)).toBe(true);
  const pixels = decodeBlurhash(hash, 8, 8);
  expect(pixels).toHaveLength(8 * 8 * 4);
  const [r, g, b, a] = pixels;
  expect([r, g, b, a]).toEqual([135, 164, 177, 255]);
});
