/** What a file was taken for, as a person reads it, and as the server links it. Pure. */
import type { Guess, GuessEpisode } from "~/api/models/files";
import type { SearchResult } from "~/api/models/scanner";

/** `S1:E2`, or `12` for a number counted from the first episode on. */
export const episodeNumber = ({ season, episode }: GuessEpisode) =>
  season === null ? `${episode}` : `S${season}:E${episode}`;

/** `Title (2015) S1:E2 S1:E3`. */
export function guessText(guess: Guess): string {
  const years = guess.years?.length ? `(${guess.years.join(", ")})` : "";
  const episodes = guess.episodes?.map(episodeNumber).join(" ");
  return [guess.title, years, episodes].filter(Boolean).join(" ");
}

/** Which entry of a serie a file holds, in the server's words (`PUT /api/videos/link`). */
export type Link =
  | { slug: string }
  | { movie: string }
  | { serie: string; season: number; episode: number }
  | { serie: string; special: number }
  | { serie: string; order: number };

/** Season 0 holds the specials; a number without a season counts from the first episode on. */
export function guessedLink(serie: string, { season, episode }: GuessEpisode): Link {
  if (season === null) return { serie, order: episode };
  return season === 0 ? { serie, special: episode } : { serie, season, episode };
}

/** `{provider: id}` of a search result, whichever way the provider wrote its ids. */
export function providerIds(ids: SearchResult["externalId"]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [provider, value] of Object.entries(ids)) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    const id = first && typeof first === "object" && "dataId" in first ? first.dataId : first;
    if (typeof id === "string" || typeof id === "number") result[provider] = String(id);
  }
  return result;
}
