/** Tests of `addresses.ts`. */
import { beforeEach, expect, test, vi } from "vitest";
import { nextPage, ownAddress, webLink } from "./addresses";

const origin = "https://kyoo.test";

beforeEach(() => {
  vi.stubGlobal("location", { origin });
});

test.each([
  ["/", "/"],
  ["/movies/a?b=c#d", "/movies/a?b=c#d"],
  [`${origin}/browse`, "/browse"],
  ["series/a", "/series/a"],
  ["/%09/evil.example", "/%09/evil.example"],
])("goes on to %s", (next, path) => expect(nextPage(next)).toBe(origin + path));

const foreign = [
  ...[
    "//evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\n/evil.example",
  ],
  ...["https://evil.example/", "http://kyoo.test/", "https://kyoo.test:444/", "///evil.example"],
  ...[
    "https://kyoo.test@evil.example/",
    "https://kyoo.test.evil.example/",
    "HTTPS://EVIL.example",
    "http://[",
  ],
  ...[
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
  ],
  ...[`blob:${origin}/1`, "file:///etc/passwd", "kyoo://x", "about:blank", "mailto:a@b.example"],
];

test.each(foreign)("does not go on to %j", (next) => expect(nextPage(next)).toBe(`${origin}/`));

test("a path that looks like a host stays on this site", () => {
  expect(new URL(nextPage("/.//evil.example"), "https://else.example").origin).toBe(origin);
  expect(nextPage(undefined)).toBe(`${origin}/`);
  expect(ownAddress(undefined)).toBeNull();
  expect(ownAddress("")).toBeNull();
});

test.each([
  ["https://imdb.example/tt1", "https://imdb.example/tt1"],
  ["http://a.example", "http://a.example/"],
  [" https://a.example/b ", "https://a.example/b"],
])("links to %j", (address, link) => expect(webLink(address)).toBe(link));

test.each([
  ...["javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "\u0001javascript:alert(1)"],
  ...[
    "data:text/html,x",
    "/movies/a",
    "//a.example",
    "a.example",
    "",
    null,
    undefined,
    "https://[",
    "blob:https://a/1",
  ],
])("does not link to %j", (address) => expect(webLink(address)).toBeUndefined());
