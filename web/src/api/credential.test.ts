/** Tests of `credential.ts`. */
import { afterEach, expect, test } from "vitest";
import { lend, signed } from "./credential";

afterEach(() => lend(null));

test("addresses carry what was lent, and nothing else", () => {
  expect(signed("/api/videos/a")).toBe("/api/videos/a");
  lend("a+b");
  expect(signed("/api/videos/a")).toBe("/api/videos/a?x-presign=a%2Bb");
  expect(signed("/api/images/a?quality=low")).toBe("/api/images/a?quality=low&x-presign=a%2Bb");
});
