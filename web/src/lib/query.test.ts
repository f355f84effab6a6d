/** Tests of `query.ts`. */
import { expect, test } from "vitest";
import { buildFilter, joinFilters, parseFilter, queryString } from "./query";

test("leaves out what is empty and joins lists by commas", () => {
  expect(queryString({ filter: "", sort: undefined, query: null, limit: 5, with: ["a", "b"] })).toBe(
    "?limit=5&with=a%2Cb",
  );
  expect(queryString({})).toBe("");
  expect(queryString({ with: [] })).toBe("");
});

test("escapes what would break the address", () => {
  expect(new URLSearchParams(queryString({ query: "Tom & Jerry #1 + more" })).get("query")).toBe(
    "Tom & Jerry #1 + more",
  );
});

test("keeps false and zero", () => expect(queryString({ a: false, b: 0 })).toBe("?a=false&b=0"));

test.each([
  [{}, ""],
  [{ kind: "movie" }, "kind eq movie"],
  [{ genres: ["drama", "science-fiction"] }, "genres has drama and genres has science-fiction"],
  [{ kind: "serie", genres: ["war"] }, "kind eq serie and genres has war"],
  [{ status: "planned" }, "watchStatus eq planned"],
  [{ kind: "movie", status: "unseen" }, "kind eq movie and watchStatus ne completed"],
])("builds and reads back %j", (filter, text) => {
  expect(buildFilter(filter)).toBe(text);
  expect(parseFilter(text)).toEqual({ kind: "", status: "", genres: [], rest: "", ...filter });
});

test("keeps clauses it does not understand", () => {
  expect(parseFilter("studios has ghibli and kind eq movie")).toEqual({
    kind: "movie",
    status: "",
    genres: [],
    rest: "studios has ghibli",
  });
  const complex = "(kind eq movie or genres has war)";
  expect(parseFilter(complex)).toEqual({ kind: "", status: "", genres: [], rest: complex });
  expect(parseFilter("kind ne movie").rest).toBe("kind ne movie");
  expect(parseFilter("not genres has horror").rest).toBe("not genres has horror");
});

test("joins filters", () => {
  expect(joinFilters("", "a eq b", "")).toBe("a eq b");
  expect(joinFilters("a eq b", "c eq d")).toBe("a eq b and c eq d");
});
