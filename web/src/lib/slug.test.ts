/** Tests of `slug.ts`. */
import { expect, test } from "vitest";
import { slugOf } from "./slug";

test.each([
  ["Für Kinder", "fur-kinder"],
  ["  4K & HDR! ", "4k-hdr"],
  ["映画", ""],
])("%s → %s", (name, slug) => expect(slugOf(name)).toBe(slug));
