/** Tests of `credits.ts`. */
import { expect, test } from "vitest";
import {
  creditsOf,
  newCollection,
  newPerson,
  renamed,
  seedCollection,
  seedCredit,
  seedStudio,
} from "./credits";

const picture = { id: "1", source: "https://example.org/p", blurhash: "x" };
const person = { ...newPerson("Ilse Varga"), image: picture };

test("what is read is given back with pictures by address", () => {
  const studio = { slug: "wit", externalId: {}, translations: { en: { name: "Wit", logo: picture } } };
  expect(seedStudio(studio).translations).toEqual({ en: { name: "Wit", logo: picture.source } });
  const [credit] = creditsOf([
    { kind: "actor", character: null, staff: person },
    { kind: "crew", character: null },
  ]);
  expect(credit && seedCredit(credit)).toEqual({
    kind: "actor",
    character: null,
    staff: { slug: "ilse-varga", name: "Ilse Varga", latinName: null, image: picture.source, externalId: {} },
  });
});

test("a new collection has what a seed must have", () => {
  const seed = seedCollection(newCollection("Trilogy", "fr"));
  expect(seed).toMatchObject({ slug: "trilogy", genres: [], rating: {}, originalLanguage: "fr" });
  expect(seed.translations.fr).toMatchObject({ name: "Trilogy", description: null, aliases: [], logo: null });
});

test("a name without Latin letters has a slug nevertheless", () => {
  expect(newPerson("宮崎 駿").slug).toMatch(/^n-[a-z0-9]+$/);
});

test("a character is renamed, made and taken away", () => {
  const character = { name: "Signe", latinName: null, image: picture };
  expect(renamed(character, "Ebba")).toEqual({ ...character, name: "Ebba" });
  expect(renamed(null, "Ebba")).toEqual({ name: "Ebba", latinName: null, image: null });
  expect(renamed(character, "")).toBeNull();
});
