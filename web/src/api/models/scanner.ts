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
