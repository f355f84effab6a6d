/** The catalogue as JSON objects: shows, seasons, entries, people, and what the reader did with them. No behaviour. */
import type { EmbeddedVideo } from "./files";

export type Image = { id: string; source: string; blurhash: string };

export type ExternalIds = Record<string, { dataId?: string; link: string | null; label?: string | null }[]>;

export type Genre =
  | "action"
  | "adventure"
  | "animation"
  | "comedy"
  | "crime"
  | "documentary"
  | "drama"
  | "family"
  | "fantasy"
  | "history"
  | "horror"
  | "kids"
  | "music"
  | "mystery"
  | "politics"
  | "reality"
  | "romance"
  | "science-fiction"
  | "soap"
  | "talk"
  | "thriller"
  | "war"
  | "western";

export type WatchStatus = "watching" | "rewatching" | "completed" | "dropped" | "planned";

export const watchStatuses: WatchStatus[] = ["watching", "rewatching", "completed", "dropped", "planned"];

type ShowBase = {
  id: string;
  slug: string;
  name: string;
  original: { language: string | null; name: string | null; latinName: string | null } | null;
  tagline: string | null;
  description: string | null;
  aliases: string[];
  tags: string[];
  genres: Genre[];
  /** Ratings out of 100, by source. */
  rating: Record<string, number>;
  externalId: ExternalIds;
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  createdAt: string;
  updatedAt: string;
};

export type Movie = ShowBase & {
  kind: "movie";
  status: "unknown" | "finished" | "planned";
  /** Minutes. */
  runtime: number | null;
  airDate: string | null;
  trailerUrl: string | null;
  isAvailable: boolean;
  watchStatus: {
    status: WatchStatus;
    score: number | null;
    completedAt: string | null;
    percent: number;
  } | null;
  studios?: Studio[];
  videos?: EmbeddedVideo[];
  collection?: Collection | null;
};

export type Serie = ShowBase & {
  kind: "serie";
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  trailerUrl: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: {
    status: WatchStatus;
    score: number | null;
    startedAt: string | null;
    completedAt: string | null;
    seenCount: number;
  } | null;
  studios?: Studio[];
  collection?: Collection | null;
  firstEntry?: Entry | null;
  nextEntry?: Entry | null;
};

export type Collection = ShowBase & { kind: "collection"; startAir: string | null; endAir: string | null };

export type Show = Movie | Serie | Collection;

export type Progress = { percent: number; time: number; playedDate: string | null; videoId: string | null };

type EntryBase = {
  id: string;
  slug: string;
  order: number;
  name: string | null;
  description: string | null;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  videos?: EmbeddedVideo[];
  progress?: Progress;
  show?: Show;
  createdAt: string;
};

export type Entry = EntryBase &
  (
    | { kind: "episode"; seasonNumber: number; episodeNumber: number }
    | { kind: "movie"; tagline: string | null; poster: Image | null }
    | { kind: "special"; number: number }
  );

export type Season = {
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  seasonNumber: number;
  startAir: string | null;
  endAir: string | null;
  poster: Image | null;
  entriesCount: number;
  availableCount: number;
};

export type Extra = {
  id: string;
  slug: string;
  kind: string;
  name: string;
  runtime: number | null;
  thumbnail: Image | null;
  video: { id: string; slug: string } | null;
  progress: { percent: number };
};

export type Library = { id: string; slug: string; name: string; path: string };

/** An episode without a file. */
export type Missing = { seasonNumber: number; episodeNumber: number };

/** The rows of the home page that a show can be hidden from are not told apart here: hidden is hidden from all. */
export type Hidden = Show & { hiddenFrom: string[] };

export type Recommended = Show & { because: { kind: "movie" | "serie"; slug: string; name: string } };

export type EntryOrSeason = Entry | (Season & { kind: "season" });

export type Studio = { id: string; slug: string; name: string; logo: Image | null };

export type Staff = {
  id: string;
  slug: string;
  name: string;
  latinName: string | null;
  image: Image | null;
  externalId?: ExternalIds;
};

export type Role = {
  kind: "actor" | "director" | "writter" | "producer" | "music" | "crew" | "other";
  character: { name: string; latinName: string | null; image: Image | null } | null;
  staff?: Staff;
  show?: Show;
};
