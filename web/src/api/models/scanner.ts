/** The scanner as JSON objects: how far it is, and what providers know. No behaviour. */

export type ScanRequest = {
  id: string;
  kind: "episode" | "movie";
  title: string;
  year: number | null;
  status: "pending" | "running" | "failed";
  error: { title: string; message: string } | null;
  startedAt: string | null;
  /** Ids of the files that wait for it. */
  videos: string[];
};

/** Numbers of files. `missing` ones were there before, and are kept until they are given up. */
export type ScanProgress = {
  running: boolean;
  found: number;
  identified: number;
  failed: number;
  missing: number;
  warnings: { path: string; message: string }[];
  errors: { path: string; message: string }[];
  /** Files that are not shown on purpose, and files without a place in the catalogue. */
  leftOut?: { path: string; message: string }[];
  unmatched?: { path: string; message: string }[];
};

/** A title that a show may be. `score` of 100; `reasons` in words. */
export type MatchCandidate = {
  provider: string;
  id: string;
  kind: "movie" | "serie";
  name: string;
  year: number | null;
  description: string | null;
  poster: string | null;
  externalId: Record<string, string>;
  score: number;
  reasons: string[];
};

/** A show that stays named by its files, as nobody is sure which title it is. */
export type UnsureMatch = {
  id: number;
  kind: "movie" | "serie";
  title: string;
  year: number | null;
  slug: string | null;
  paths: string[];
  files: number;
  why: string;
  candidates: MatchCandidate[];
};

/** What a metadata provider knows under a name. */
export type SearchResult = {
  id: string;
  slug: string;
  name: string;
  description: string | null;
  airDate?: string | null;
  startAir?: string | null;
  endAir?: string | null;
  /** On the provider's own server. */
  poster?: string | null;
  externalId: Record<string, unknown>;
};

/** An order of episodes that a provider has. */
export type EpisodeOrder = { provider: string; order: string };

/** `follow`: the names of the files count by it. */
export type EpisodeOrders = {
  items: (EpisodeOrder & { name: string })[];
  chosen: (EpisodeOrder & { follow: boolean }) | null;
};

/** A service that metadata comes from. `key`: where its key is from, null if it needs none. */
export type Provider = {
  name: string;
  label: string;
  link: string;
  /** What its terms want to be said where its data is seen. */
  credit: string;
  state: "off" | "no key" | "unknown" | "ok" | "slow" | "limited" | "down" | "refused";
  message: string | null;
  answeredAt: string | null;
  shows: number;
  key: "option" | "stored" | "none" | null;
  keyPage: string | null;
  hasPin: boolean;
  canStore: boolean;
};

/** `waiting`: titles that some service is still to be asked about. */
export type ProviderStates = { items: Provider[]; waiting: number; unsure: number };
