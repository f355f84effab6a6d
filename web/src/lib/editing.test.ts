/** Tests of `editing.ts`. */
import { expect, test } from "vitest";
import { bodyOf, type Editable, type FieldName, isChanged, locksOf, toText, toValue } from "./editing";

const film: Editable = {
  id: "1",
  slug: "bubble",
  locks: ["studios", "en.name"],
  fields: { genres: ["drama"], runtime: 90, rating: { nfo: 84 }, externalId: {} },
  translations: { en: { name: "Bubble", description: null, tags: ["one"] }, "pt-BR": { name: "Bolha" } },
};

test.each<[FieldName, unknown, string]>([
  ["name", "Bubble", "Bubble"],
  ["description", null, ""],
  ["runtime", 90, "90"],
  ["order", 1.5, "1.5"],
  ["airDate", "1999-05-05", "1999-05-05"],
  ["tags", ["a b", "c"], "a b\nc"],
  ["rating", { imdb: 74, me: 90 }, "imdb: 74\nme: 90"],
  ["externalId", { imdb: [{ dataId: "tt1", link: "https://x", label: "L" }] }, "imdb: tt1"],
  ["externalId", { tvdb: [{ serieId: "81189", season: 2, link: null }] }, "tvdb: 81189/2"],
  ["externalId", { tvdb: [{ serieId: "81189", season: null, episode: 5, link: null }] }, "tvdb: 81189//5"],
])("%s: %j is written %j and read again", (field, value, text) => {
  expect(toText(field, value)).toBe(text);
  expect(toValue(field, text, value)).toEqual(value);
});

test.each<[string, unknown]>([
  ["imdb: tt2", { imdb: [{ dataId: "tt2", link: null }] }],
  ["tvdb:1/2/3", { tvdb: [{ serieId: "1", season: 2, episode: 3, link: null }] }],
])("a new id: %s", (text, value) => expect(toValue("externalId", text, {})).toEqual(value));

test("only what differs is sent, and locked besides what was", () => {
  const draft = { "en.name": "Bubble", "pt-BR.name": "Bolhas", genres: "drama\naction", runtime: "" };
  expect(isChanged(film, draft, "en.name")).toBe(false);
  expect(bodyOf(film, draft, {})).toEqual({
    genres: ["drama", "action"],
    runtime: null,
    translations: { "pt-BR": { name: "Bolhas" } },
    locks: ["en.name", "genres", "pt-BR.name", "runtime", "studios"],
  });
});

test("a lock set or taken back by hand counts", () => {
  expect(locksOf(film, {}, { "en.name": false, rating: true })).toEqual(["rating", "studios"]);
  expect(locksOf(film, { runtime: "91" }, { runtime: false })).toEqual(["en.name", "studios"]);
});
