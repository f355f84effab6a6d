/** The catalogue as JSON objects: shows, seasons, entries, people, and what the reader did with them. No behaviour. */
import type * as wire from "../wire/api";
import type { Lacking } from "./lacking";

export type { Extra, Image, Library, Progress, Season, Studio } from "../wire/api";

export type ExternalIds = Record<string, { dataId?: string; link?: string | null; label?: string | null }[]>;

export type Genre = wire.SerieShow["genres"][number];

export type WatchStatus = wire.SerieWatchStatus["status"];

export const watchStatuses: WatchStatus[] = ["watching", "rewatching", "completed", "dropped", "planned"];

/** In lists, or by itself with what was asked for. */
export type Movie = wire.FullMovie;

export type Serie = Omit<wire.FullSerie, "firstEntry" | "nextEntry"> & {
  firstEntry?: Entry | null;
  nextEntry?: Entry | null;
};

export type Collection = wire.FullCollection;

export type Show = Movie | Serie | Collection;

/** A file as it appears inside a movie or an entry. `slug` is what the player's address takes. */
export type EmbeddedVideo = Lacking<wire.EmbeddedVideo, "edition">;

/** Files, progress and show are told where they are of use. */
type Anywhere<T extends { videos: unknown; progress: unknown }> = Omit<T, "videos" | "progress"> & {
  videos?: EmbeddedVideo[];
  progress?: wire.Progress;
  show?: Show;
};

export type Entry = Anywhere<wire.Episode> | Anywhere<wire.MovieEntry> | Anywhere<wire.Special>;

/** The rows of the home page that a show can be hidden from are not told apart here: hidden is hidden from all. */
export type Hidden = wire.HiddenMovie | wire.HiddenSerie | wire.HiddenCollection;

export type Recommended = wire.RecommendedMovie | wire.RecommendedSerie;

export type EntryOrSeason = Entry | wire.SeasonSeparator;

export type Staff = Omit<wire.Staff, "createdAt" | "updatedAt">;

/** An episode without a file. */
export type Missing = Omit<wire.Missing, "entry">;

/** Of a show, with the person; of a person, with the show. */
export type Role = Omit<wire.RoleOfShow, "staff"> & { staff?: Staff; show?: Show };
