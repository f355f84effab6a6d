/** Tests of `guess.ts`. */
import { expect, test } from "vitest";
import { guessedLink, guessText, providerIds } from "./guess";

test.each([
  [{ title: "Heat", years: [1995] }, "Heat (1995)"],
  [
    {
      title: "Lost",
      episodes: [
        { season: 1, episode: 2 },
        { season: null, episode: 3 },
      ],
    },
    "Lost S1:E2 3",
  ],
  [{ title: "Clip" }, "Clip"],
])("%j reads %s", (guess, text) => expect(guessText(guess)).toBe(text));

test.each([
  [
    { season: 2, episode: 5 },
    { serie: "lost", season: 2, episode: 5 },
  ],
  [
    { season: 0, episode: 1 },
    { serie: "lost", special: 1 },
  ],
  [
    { season: null, episode: 150 },
    { serie: "lost", order: 150 },
  ],
])("%j is linked by %j", (episode, link) => expect(guessedLink("lost", episode)).toEqual(link));

test("ids of providers are taken from texts, numbers and lists", () => {
  expect(
    providerIds({ tmdb: [{ dataId: "12", link: null }], tvdb: 34, imdb: "tt5", none: [], odd: null }),
  ).toEqual({ tmdb: "12", tvdb: "34", imdb: "tt5" });
});
