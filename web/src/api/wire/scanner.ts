/** What /scanner takes and gives. Made by `make types`. */

/**
 * What a person says that it is.
 */
export interface ChosenMatch {
  title: string;
  year?: number | null;
  externalId?: {
    [k: string]: string;
  };
  videos?: RequestedVideo[];
  slug?: string | null;
  kind: "movie" | "serie";
}
export interface RequestedVideo {
  id: string;
  episodes?: RequestedEpisode[];
}
/**
 * Season 0 is that of the specials, null counts through the serie.
 */
export interface RequestedEpisode {
  season: number | null;
  episode: number;
}
/**
 * `follow`: the names of the files count by it, instead of as aired.
 */
export interface ChosenOrder {
  provider: string;
  order: string;
  follow?: boolean;
}
export interface Guess {
  title: string;
  kind: "episode" | "movie" | "extra";
  extraKind?: string | null;
  years?: number[];
  episodes?: GuessEpisode[];
  externalId?: {
    [k: string]: string;
  };
  from?: string;
  raw?: {
    [k: string]: unknown;
  };
  history?: unknown[];
}
export interface GuessEpisode {
  season: number | null;
  episode: number;
}
/**
 * `poster` is on this server. `score` 0 … 100; `reasons` say in words what speaks for it and against it.
 */
export interface MatchCandidate {
  provider: string;
  id: string;
  kind: "movie" | "serie";
  name: string;
  year?: number | null;
  description?: string | null;
  poster?: string | null;
  externalId?: {
    [k: string]: string;
  };
  score: number;
  reasons?: string[];
}
export interface NamedOrder {
  provider: string;
  order: string;
  name: string;
}
/**
 * The body of POST /scanner/movies and /scanner/series, and of a remap.
 */
export interface NewRequest {
  title: string;
  year?: number | null;
  externalId?: {
    [k: string]: string;
  };
  videos?: RequestedVideo[];
  slug?: string | null;
}
/**
 * What there is, and what was chosen; null: as aired.
 */
export interface Orders {
  items: NamedOrder[];
  chosen: ChosenOrder | null;
}
/**
 * `found` files are in the library now; each ends up `identified` or `failed`, and is `probed` later.
 * `missing` ones were there before and are kept until they come back. `errors` explains failures; `left_out` are the
 * files that are not shown on purpose, `unmatched` those without an entry: each with why, the newest first.
 */
export interface Progress {
  running: boolean;
  found: number;
  registered: number;
  identified: number;
  probed: number;
  failed: number;
  missing?: number;
  updatedAt: string | null;
  warnings?: RootWarning[];
  errors?: RootWarning[];
  leftOut?: RootWarning[];
  unmatched?: RootWarning[];
}
export interface RootWarning {
  path: string;
  message: string;
}
/**
 * A key; `pin` where the service has one.
 */
export interface ProviderKey {
  key: string;
  pin?: string | null;
}
/**
 * `state`: `off` (switched off by the operator), `no key`, `unknown` (not asked yet), `ok`, `slow`, `limited` (over
 * its limit), `down`, `refused` (its key is). `key`: where the key is from, null if it needs none; `canStore`: whether
 * a key can be typed in. `credit` is what its terms want to be said where its data is seen.
 */
export interface ProviderState {
  name: string;
  label: string;
  link: string;
  credit: string;
  state: "off" | "no key" | "unknown" | "ok" | "slow" | "limited" | "down" | "refused";
  message?: string | null;
  blockedUntil?: string | null;
  answeredAt?: string | null;
  failedAt?: string | null;
  took?: number | null;
  requests?: number;
  shows?: number;
  key?: ("option" | "stored" | "none") | null;
  keyPage?: string | null;
  hasPin?: boolean;
  canStore?: boolean;
}
/**
 * `waiting`: titles that some provider is still to be asked about.
 */
export interface ProviderStates {
  items?: ProviderState[];
  waiting?: number;
  unsure?: number;
}
/**
 * `kind` (ours): what it turns out to be, unless it stays a film or a serie.
 */
export interface Remap {
  title: string;
  year?: number | null;
  externalId?: {
    [k: string]: string;
  };
  videos?: RequestedVideo[];
  slug?: string | null;
  kind?: ("movie" | "serie") | null;
}
/**
 * `id` is the place in the queue, as text.
 */
export interface Request {
  id: string;
  kind: "episode" | "movie";
  title: string;
  year: number | null;
  status: "pending" | "running" | "failed";
  videos: string[];
  error: RequestError | null;
  startedAt: string | null;
}
export interface RequestError {
  title: string;
  message: string;
  traceback?: string[];
}
export interface SearchResult {
  id: string;
  slug: string;
  name: string;
  description?: string | null;
  airDate?: string | null;
  startAir?: string | null;
  endAir?: string | null;
  poster?: string | null;
  originalLanguage?: string | null;
  externalId?: {
    [k: string]: unknown;
  };
}
/**
 * `id` is the scanner's own; `slug` what the api calls the show, once it has it. `paths` are the first files.
 */
export interface UnsureMatch {
  id: number;
  kind: "movie" | "serie";
  title: string;
  year: number | null;
  slug: string | null;
  paths: string[];
  files: number;
  why: string;
  triedAt: string;
  candidates: MatchCandidate[];
}
/**
 * The answer of GET /scanner/guess.
 */
export interface VideoGuess {
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  guess: Guess;
  for: {
    [k: string]: unknown;
  }[];
}
