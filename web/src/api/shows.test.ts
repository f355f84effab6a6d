import { expect, test } from "vitest";
import { seasonFilter } from "./shows";

test.each([
  [{ from: 14, to: 27 }, "(seasonNumber eq 2 or (kind ne episode and order ge 14 and order lt 27))"],
  [{ from: null, to: 13.5 }, "(seasonNumber eq 2 or (kind ne episode and order lt 13.5))"],
  [{ from: 14, to: null }, "(seasonNumber eq 2 or (kind ne episode and order ge 14))"],
  [{ from: null, to: null }, "(seasonNumber eq 2 or (kind ne episode))"],
])("a season is listed with what stands in it: %o", (span, filter) => {
  expect(seasonFilter(2, span)).toBe(filter);
});
