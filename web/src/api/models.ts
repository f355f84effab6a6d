/** The JSON objects the server sends, as types. No behaviour. */
export type Image = { id: string; source: string; blurhash: string };

export type Page<T> = { items: T[]; this: string; next: string | null };

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

/** A file as it appears inside a movie or an entry. `slug` is what the player's address takes. */
export type EmbeddedVideo = {
  id: string;
  slug: string;
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  /** The name of the cut, such as "Director's Cut"; missing on servers that know none. */
  edition?: string | null;
};

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

/** An episode without a file. `entry` is null when only the numbers around it are known. */
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

export type Guess = {
  title: string;
  kind?: "episode" | "movie" | "extra" | null;
  years?: number[];
  episodes?: GuessEpisode[];
};

export type GuessEpisode = { season: number | null; episode: number };

export type Video = {
  id: string;
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  guess: Guess;
  /** The name of the cut; missing on servers that know none. */
  edition?: string | null;
  createdAt: string;
};

export type VideoLink = { video: string | null; entry: Entry };

export type FullVideo = Video & {
  slugs: string[];
  progress: Progress;
  entries: Entry[];
  previous?: VideoLink | null;
  next?: VideoLink | null;
  show?: Show | null;
};

export type Subtitle = {
  index: number | null;
  title: string | null;
  language: string | null;
  codec: string;
  extension: string | null;
  isDefault: boolean;
  isForced: boolean;
  isHearingImpaired: boolean;
  isExternal: boolean;
  link: string | null;
};

export type AudioTrack = {
  index: number;
  title: string | null;
  language: string | null;
  codec: string;
  mimeCodec: string | null;
  channels: number;
  bitrate: number;
  isDefault: boolean;
};

export type VideoTrack = {
  index: number;
  title: string | null;
  language: string | null;
  codec: string;
  mimeCodec: string | null;
  width: number;
  height: number;
  bitrate: number;
  isDefault: boolean;
};

export type ChapterType = "content" | "recap" | "intro" | "credits" | "preview";

export type Chapter = {
  startTime: number;
  endTime: number;
  name: string;
  type: ChapterType;
  firstAppearance?: boolean | null;
};

export type MediaInfo = {
  sha: string;
  path: string;
  extension: string;
  mimeCodec: string | null;
  /** Bytes. */
  size: number;
  /** Seconds. */
  duration: number;
  container: string | null;
  videos: VideoTrack[];
  audios: AudioTrack[];
  subtitles: Subtitle[];
  fonts: string[];
  chapters: Chapter[];
};

export type ChapterSkip = "autoSkip" | "autoSkipExceptFirstAppearance" | "showSkipButton" | "disabled";

export type UserSettings = {
  audioLanguage?: string;
  subtitleLanguage?: string | null;
  chapterSkip?: Partial<Record<Exclude<ChapterType, "content">, ChapterSkip>>;
  [key: string]: unknown;
};

export type User = {
  id: string;
  username: string;
  email: string;
  hasPassword: boolean;
  /** The path of the picture; null without one; missing on servers that do not tell. */
  logo?: string | null;
  createdDate: string;
  lastSeen: string;
  claims: Partial<Limits> & {
    verified?: boolean;
    permissions?: string[];
    settings?: UserSettings;
    [key: string]: unknown;
  };
  /** Accounts at other providers that can log in as this user. */
  oidc?: Record<string, { id: string; username: string; profileUrl: string | null }>;
  /** Of one's own account only. `required`: this server asks every account for one. */
  secondFactors?: { totp: boolean; passkeys: number; recoveryCodes: number; required: boolean };
  disabled?: boolean;
};

/** What a user may see; null: no limit. */
export type Limits = { libraries: string[] | null; maxAge: number | null };

export type Session = {
  id: string;
  createdDate: string;
  lastUsed: string;
  device: string | null;
  /** In the list of one's own sessions only. */
  current?: boolean;
};

export type ServerInfo = {
  publicUrl: string;
  allowRegister: boolean;
  oidc: Record<string, { name: string; logo?: string | null }>;
  /** True while the server has no account yet. */
  setup?: boolean;
  /** Missing on servers that have none of these. */
  features?: { mail: boolean; passkeys: boolean; secondFactorRequired: boolean; federation?: boolean };
};

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

export type StreamedTrack = {
  index: number;
  quality: string;
  /** Encoders at work; `start` and `end` in seconds. */
  heads: { start: number; end: number; isRunning: boolean }[];
};

export type RunningStream = {
  id: string;
  path: string;
  /** Seconds. */
  duration: number;
  videos: StreamedTrack[];
  audios: StreamedTrack[];
  viewers: {
    user: User | null;
    /** Seconds. */
    progress: number | null;
    video: { index: number; quality: string } | null;
    audio: { index: number; quality: string } | null;
  }[];
  entries: Entry[];
  show: Show | null;
};
