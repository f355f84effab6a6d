/** What /api takes and gives. Made by `make types`. */

/**
 * An account there, and the user here whose it is.
 */
export interface AccountFor {
  account: string;
  user: string;
}
export interface AllStatistics {
  seconds: number;
  finished: number;
  first: string;
  last: string;
  zone: string;
  days: DaySum[];
  hours: number[];
  titles: TitleSum[];
  encoded: Encoded;
  users: UserSum[];
}
export interface DaySum {
  seconds: number;
  finished: number;
  day: string;
}
export interface TitleSum {
  seconds: number;
  finished: number;
  show: Title;
}
export interface Title {
  id: string;
  slug: string;
  kind: "serie" | "movie" | "collection";
  name: string;
}
/**
 * Seconds for which the picture was encoded; and those for which only the sound was.
 */
export interface Encoded {
  video: number;
  audio: number;
}
/**
 * `username` is null when auth does not know it.
 */
export interface UserSum {
  seconds: number;
  finished: number;
  id: string;
  username: string | null;
}
export interface AskAccounts {
  url: string;
  token: string;
  /**
   * @minItems 1
   * @maxItems 200
   */
  accounts: AccountFor[];
}
/**
 * Another server, and what opens one's own account there: a token of Plex; of Jellyfin an access token, or a name
 * and a password.
 */
export interface AskServer {
  source: "jellyfin" | "plex";
  url: string;
  token?: string | null;
  username?: string | null;
  password?: string | null;
}
export interface BareEpisode {
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "episode";
  seasonNumber: number;
  episodeNumber: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
}
/**
 * A picture; `blurhash` is "000000" until it is downloaded.
 */
export interface Image {
  id: string;
  source: string;
  blurhash: string;
}
/**
 * What a provider calls an episode.
 */
export interface EpisodeItem {
  serieId: string;
  season: number | null;
  episode: number;
  link?: string | null;
  label?: string | null;
}
export interface BareMovieEntry {
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "movie";
  tagline: string | null;
  poster: Image | null;
  externalId: {
    [k: string]: (EpisodeItem | ExternalItem)[];
  };
}
/**
 * What a provider calls a show, a person or a studio.
 */
export interface ExternalItem {
  dataId: string;
  link?: string | null;
  label?: string | null;
}
export interface BareSpecial {
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "special";
  number: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
}
/**
 * The show that somebody watched.
 */
export interface Because {
  id: string;
  slug: string;
  kind: "movie" | "serie";
  name: string;
}
/**
 * `redirect` is where the browser comes back to, a path of this server; without it a code is typed at the service
 * where that is possible. `key` is the user's own, for services that give keys.
 */
export interface BeginLink {
  redirect?: string | null;
  key?: string | null;
}
export interface Brought {
  items: BroughtFor[];
}
/**
 * `id` is that of the import, which its user finds among theirs and takes.
 */
export interface BroughtFor {
  account: string;
  user: string;
  id: string;
}
/**
 * `since`: when its address was made; null: there is none.
 */
export interface Calendar {
  since: string | null;
}
export interface Character {
  name: string;
  latinName: string | null;
  image: Image | null;
}
export interface Collection {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  startAir: string | null;
  endAir: string | null;
}
export interface Original {
  language: string;
  name: string | null;
  latinName: string | null;
}
export interface CollectionEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  genres?: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  minAge?: number | null;
  rating?: {
    [k: string]: number;
  };
  originalLanguage?: string;
  externalId?: {
    [k: string]: ExternalItem[];
  };
  poster?: string | null;
  thumbnail?: string | null;
  banner?: string | null;
  logo?: string | null;
  startAir?: string | null;
  endAir?: string | null;
  translations?: {
    [k: string]: ShowTextsEdit;
  };
}
export interface ShowTextsEdit {
  name?: string;
  description?: string | null;
  poster?: string | null;
  latinName?: string | null;
  tagline?: string | null;
  aliases?: string[];
  tags?: string[];
  thumbnail?: string | null;
  banner?: string | null;
  logo?: string | null;
}
export interface CollectionShow {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  startAir: string | null;
  endAir: string | null;
  kind: "collection";
}
export interface CollectionTranslation {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
}
/**
 * A device that is connected; `state` is what it says of itself.
 */
export interface ConnectedDevice {
  id: string;
  name: string;
  client: string;
  state: {
    [k: string]: unknown;
  };
  since: string;
}
export interface CreatedVideo {
  id: string;
  path: string;
  entries: SlugOnly[];
  guess: GuessOutput;
}
export interface SlugOnly {
  slug: string;
}
/**
 * What a file was taken for, with what it was taken for before.
 */
export interface GuessOutput {
  title: string;
  kind?: ("episode" | "movie" | "extra") | null;
  extraKind?: ("other" | "trailer" | "interview" | "behind-the-scene" | "deleted-scene" | "blooper") | null;
  years?: number[];
  episodes?: GuessEpisode[];
  externalId?: {
    [k: string]: string;
  };
  from: string;
  history: PastGuessOutput[];
  [k: string]: unknown;
}
export interface GuessEpisode {
  season: number | null;
  episode: number;
}
/**
 * What a file was taken for before; unknown members are kept.
 */
export interface PastGuessOutput {
  title: string;
  kind?: ("episode" | "movie" | "extra") | null;
  extraKind?: ("other" | "trailer" | "interview" | "behind-the-scene" | "deleted-scene" | "blooper") | null;
  years?: number[];
  episodes?: GuessEpisode[];
  externalId?: {
    [k: string]: string;
  };
  from: string;
  history?: PastGuessOutput[];
  [k: string]: unknown;
}
export interface DataIdLink {
  dataId: string;
}
export interface Deliveries {
  items: Delivery[];
}
/**
 * A message. `id` is its `webhook-id`; `status` that of the last answer.
 */
export interface Delivery {
  id: string;
  type: string;
  state: "waiting" | "done" | "failed";
  tries: number;
  status: number | null;
  reason: string | null;
  sentAt: string | null;
  nextTry: string | null;
  createdAt: string;
}
/**
 * `code` is typed at `url`; ask every `interval` seconds, for `expires` seconds.
 */
export interface DeviceFlow {
  flow: "device";
  url: string;
  code: string;
  interval: number;
  expires: number;
}
/**
 * All that an edit can change but relations, as it is now; pictures are Image objects.
 */
export interface Editable {
  id: string;
  slug: string;
  locks: string[];
  fields: {
    [k: string]: unknown;
  };
  translations: {
    [k: string]: {
      [k: string]: unknown;
    };
  };
}
/**
 * What was edited, and all of it that is locked.
 */
export interface Edited {
  id: string;
  slug: string;
  locks: string[];
}
/**
 * The name of a cut, which all files of its rendering have; empty for none, null for the one in their names.
 */
export interface EditionName {
  edition: string | null;
}
/**
 * A file of an entry. `slug` is the link's, which plays it; `edition` names its cut, where it has a name.
 */
export interface EmbeddedVideo {
  slug: string;
  id: string;
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  edition: string | null;
}
/**
 * `poster` here, of a film of a serie, is set in every language there is.
 */
export interface EntryEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  content?: "story" | "recap" | "filler" | "ova";
  order?: number;
  airDate?: string | null;
  runtime?: number | null;
  thumbnail?: string | null;
  externalId?: {
    [k: string]: (EpisodeItem | ExternalItem)[];
  };
  poster?: string | null;
  translations?: {
    [k: string]: EntryTextsEdit;
  };
}
export interface EntryTextsEdit {
  name?: string | null;
  description?: string | null;
  poster?: string | null;
  tagline?: string | null;
}
export interface Episode {
  videos: EmbeddedVideo[];
  progress: Progress;
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "episode";
  seasonNumber: number;
  episodeNumber: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
}
/**
 * The reader's latest play; zeros and nulls if there is none.
 */
export interface Progress {
  percent: number;
  time: number;
  playedDate: string | null;
  videoId: string | null;
}
export interface EpisodeIdLink {
  serieId: string;
  season: number | null;
  episode: number;
}
export interface EpisodeWithShow {
  videos: EmbeddedVideo[];
  progress: Progress;
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "episode";
  seasonNumber: number;
  episodeNumber: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
  show: MovieShow | SerieShow | CollectionShow;
}
export interface MovieShow {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "planned";
  runtime: number | null;
  airDate: string | null;
  nextRefresh: string | null;
  isAvailable: boolean;
  watchStatus: MovieWatchStatus | null;
  kind: "movie";
}
export interface MovieWatchStatus {
  status: "watching" | "rewatching" | "completed" | "dropped" | "planned";
  score: number | null;
  completedAt: string | null;
  percent: number;
}
export interface SerieShow {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  nextRefresh: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: SerieWatchStatus | null;
  kind: "serie";
}
export interface SerieWatchStatus {
  status: "watching" | "rewatching" | "completed" | "dropped" | "planned";
  score: number | null;
  startedAt: string | null;
  completedAt: string | null;
  seenCount: number;
}
export interface Error {
  status: number;
  message: string;
  details?: unknown;
}
/**
 * That there is an address; the address itself is kept by nobody but the user.
 */
export interface ExportedCalendar {
  createdAt: string;
  languages: string[];
}
/**
 * For how long in a quarter of an hour videos, or their sound alone, were encoded for the user.
 */
export interface ExportedEncoded {
  quarter: string;
  what: "video" | "audio";
  seconds: number;
}
export interface ExportedEntry {
  kind: ("episode" | "movie" | "special") | "extra";
  slug: string;
  name: string | null;
  seasonNumber: number | null;
  episodeNumber: number | null;
  externalId: {
    [k: string]: unknown;
  };
}
export interface ExportedHidden {
  show: ExportedShow;
  rows: ("nextup" | "news" | "random" | "recommendations")[];
}
export interface ExportedShow {
  kind: "serie" | "movie" | "collection";
  slug: string;
  name: string | null;
  externalId: {
    [k: string]: unknown;
  };
}
/**
 * What was brought from elsewhere, and what became of it; `changes` and `unmatched` are the first 100.
 */
export interface ExportedImport {
  source: string;
  name: string;
  state: string;
  taken: boolean;
  titles: number;
  plays: number;
  counts: {
    [k: string]: number;
  };
  changes: ImportChange[];
  unmatched: UnmatchedTitle[];
  reason: string | null;
  createdAt: string;
}
export interface ImportChange {
  kind: string;
  id: string;
  slug: string;
  field: string;
  before: unknown;
  after: unknown;
}
export interface UnmatchedTitle {
  title: string;
  year: number | null;
  ids: {
    [k: string]: string;
  };
}
/**
 * A show of the watch list; `setAsideAt`: when it was taken out of next up.
 */
export interface ExportedListing {
  show: ExportedShow;
  status: "watching" | "rewatching" | "completed" | "dropped" | "planned";
  score: number | null;
  seenCount: number;
  startedAt: string | null;
  lastPlayedAt: string | null;
  completedAt: string | null;
  setAsideAt: string | null;
  createdAt: string;
}
export interface ExportedMessage {
  kind: "chat" | "reaction";
  text: string;
  at: string;
}
/**
 * One play; those that were only marked as seen are `external`.
 */
export interface ExportedPlay {
  show: ExportedShow;
  entry: ExportedEntry;
  percent: number;
  time: number;
  external: boolean;
  playedDate: string;
}
/**
 * A room that there still is, with what the user said there; no `name` for who made it and never came.
 */
export interface ExportedRoom {
  slug: string;
  createdAt: string;
  made: boolean;
  hosted: boolean;
  name: string | null;
  joinedAt: string | null;
  leftAt: string | null;
  messages: ExportedMessage[];
}
/**
 * How long an entry was watched in a quarter of an hour, and how often to its end; null for what is no more.
 */
export interface ExportedWatched {
  show: ExportedShow | null;
  entry: ExportedEntry | null;
  quarter: string;
  seconds: number;
  finished: number;
}
/**
 * `origin` is that of its address; what is secret is not taken along.
 */
export interface ExportedWebhook {
  name: string;
  form: "json" | "discord" | "ntfy" | "gotify";
  origin: string;
  events: string[];
  enabled: boolean;
  createdAt: string;
}
export interface Extra {
  id: string;
  slug: string;
  kind: "other" | "trailer" | "interview" | "behind-the-scene" | "deleted-scene" | "blooper";
  name: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  video: ExtraVideo | null;
  progress: ExtraProgress;
  createdAt: string;
  updatedAt: string;
}
/**
 * The file of an extra; `slug` plays it.
 */
export interface ExtraVideo {
  slug: string;
  id: string;
}
export interface ExtraProgress {
  percent: number;
  time: number;
  playedDate: string | null;
}
export interface ExtraEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  kind?: "other" | "trailer" | "interview" | "behind-the-scene" | "deleted-scene" | "blooper";
  name?: string;
  runtime?: number | null;
  thumbnail?: string | null;
}
export interface FoundStaff {
  id: string;
  slug: string;
  name: string;
  latinName: string | null;
  image: Image | null;
  externalId: {
    [k: string]: ExternalItem[];
  };
  createdAt: string;
  updatedAt: string;
  kind: "staff";
}
export interface FoundStudio {
  name: string;
  logo: Image | null;
  id: string;
  slug: string;
  externalId: {
    [k: string]: ExternalItem[];
  };
  createdAt: string;
  updatedAt: string;
  kind: "studio";
}
export interface FullCollection {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  startAir: string | null;
  endAir: string | null;
  kind: "collection";
  translations?: {
    [k: string]: CollectionTranslation;
  };
}
/**
 * A movie with the relations asked for by `with`; the others are left out.
 */
export interface FullMovie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "planned";
  runtime: number | null;
  airDate: string | null;
  nextRefresh: string | null;
  isAvailable: boolean;
  watchStatus: MovieWatchStatus | null;
  kind: "movie";
  translations?: {
    [k: string]: ShowTranslation;
  };
  studios?: Studio[];
  collection?: Collection | null;
  videos?: EmbeddedVideo[];
}
export interface ShowTranslation {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  trailerUrl: string | null;
}
export interface Studio {
  name: string;
  logo: Image | null;
  id: string;
  slug: string;
  externalId: {
    [k: string]: ExternalItem[];
  };
  createdAt: string;
  updatedAt: string;
}
/**
 * A serie with the relations asked for by `with`; the others are left out.
 */
export interface FullSerie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  nextRefresh: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: SerieWatchStatus | null;
  kind: "serie";
  translations?: {
    [k: string]: ShowTranslation;
  };
  studios?: Studio[];
  collection?: Collection | null;
  firstEntry?: (Episode | MovieEntry | Special) | null;
  nextEntry?: (Episode | MovieEntry | Special) | null;
}
export interface MovieEntry {
  videos: EmbeddedVideo[];
  progress: Progress;
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "movie";
  tagline: string | null;
  poster: Image | null;
  externalId: {
    [k: string]: (EpisodeItem | ExternalItem)[];
  };
}
export interface Special {
  videos: EmbeddedVideo[];
  progress: Progress;
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "special";
  number: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
}
export interface FullStudio {
  name: string;
  logo: Image | null;
  id: string;
  slug: string;
  externalId: {
    [k: string]: ExternalItem[];
  };
  createdAt: string;
  updatedAt: string;
  translations?: {
    [k: string]: StudioTranslation;
  };
}
export interface StudioTranslation {
  name: string;
  logo: Image | null;
}
/**
 * A video with the relations asked for by `with`; the others are left out.
 */
export interface FullVideo {
  id: string;
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  edition: string | null;
  guess: GuessOutput;
  createdAt: string;
  updatedAt: string;
  slugs: string[];
  progress: Progress;
  entries: (BareEpisode | BareMovieEntry | BareSpecial)[];
  previous?: Neighbour | null;
  next?: Neighbour | null;
  show?: (MovieShow | SerieShow | CollectionShow) | null;
  versions?: EmbeddedVideo[] | null;
}
/**
 * The entry before or after, and the link slug that plays it, null if it has no file.
 */
export interface Neighbour {
  video: string | null;
  entry: Episode | MovieEntry | Special;
}
/**
 * What a file was taken for, with what it was taken for before.
 */
export interface GuessInput {
  title: string;
  kind?: ("episode" | "movie" | "extra") | null;
  extraKind?: ("other" | "trailer" | "interview" | "behind-the-scene" | "deleted-scene" | "blooper") | null;
  years?: number[];
  episodes?: GuessEpisode[];
  externalId?: {
    [k: string]: string;
  };
  from: string;
  history: PastGuessInput[];
  [k: string]: unknown;
}
/**
 * What a file was taken for before; unknown members are kept.
 */
export interface PastGuessInput {
  title: string;
  kind?: ("episode" | "movie" | "extra") | null;
  extraKind?: ("other" | "trailer" | "interview" | "behind-the-scene" | "deleted-scene" | "blooper") | null;
  years?: number[];
  episodes?: GuessEpisode[];
  externalId?: {
    [k: string]: string;
  };
  from: string;
  history?: PastGuessInput[];
  [k: string]: unknown;
}
/**
 * The whole library as the scanner needs it. `guesses`: title, then year or "unknown", then the show.
 */
export interface Guesses {
  paths: string[];
  guesses: {
    [k: string]: {
      [k: string]: unknown;
    };
  };
  unmatched: string[];
}
/**
 * An encoder at work: seconds for `start` and `end`, segment numbers for the heads.
 */
export interface Head {
  start: number;
  end: number;
  startHead: number;
  endHead: number;
  isRunning: boolean;
}
export interface HiddenCollection {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  startAir: string | null;
  endAir: string | null;
  kind: "collection";
  hiddenFrom: ("nextup" | "news" | "random" | "recommendations")[];
}
export interface HiddenMovie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "planned";
  runtime: number | null;
  airDate: string | null;
  nextRefresh: string | null;
  isAvailable: boolean;
  watchStatus: MovieWatchStatus | null;
  kind: "movie";
  hiddenFrom: ("nextup" | "news" | "random" | "recommendations")[];
}
/**
 * The rows that a show is left out of; all there are when none is named.
 */
export interface HiddenRows {
  /**
   * @minItems 1
   * @maxItems 20000
   */
  rows?: ("nextup" | "news" | "random" | "recommendations")[];
}
export interface HiddenSerie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  nextRefresh: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: SerieWatchStatus | null;
  kind: "serie";
  hiddenFrom: ("nextup" | "news" | "random" | "recommendations")[];
}
/**
 * The answer to plays; `inserted` does not count the plays that went on.
 */
export interface HistoryRecorded {
  status: 201;
  inserted: number;
  sync?: {
    [k: string]: SyncResult;
  } | null;
}
/**
 * What became of a write at a tracker: done there, waiting to be sent, or refused for good.
 */
export interface SyncResult {
  status: "synced" | "queued" | "failed";
  reason?: string | null;
  at?: string | null;
}
/**
 * What somebody brought from elsewhere. `changes` and `unmatched` are the first 100 of the last run, and only there
 * when one import is asked for; `taken`: it was taken once, and what the library lacked is looked for since.
 */
export interface Import {
  id: string;
  source: string;
  name: string;
  state: "ready" | "queued" | "running" | "done" | "failed";
  rule: "merge" | "theirs" | "ours";
  dryRun: boolean;
  taken: boolean;
  titles: number;
  plays: number;
  counts: {
    [k: string]: number;
  };
  changes: ImportChange[];
  unmatched: UnmatchedTitle[];
  reason: string | null;
  createdAt: string;
}
export interface ImportBegun {
  id: string;
}
/**
 * `changes` and `unmatched` are the first 100; `counts` are all.
 */
export interface ImportReport {
  state: "queued" | "running" | "done" | "failed";
  counts: {
    [k: string]: number;
  };
  changes: ImportChange[];
  unmatched: UnmatchedTitle[];
  reason?: string | null;
}
export interface Imports {
  items: Import[];
}
/**
 * A serie, and which of its episodes have no file.
 */
export interface IncompleteSerie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  nextRefresh: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: SerieWatchStatus | null;
  kind: "serie";
  missing: MissingEpisode[];
}
export interface MissingEpisode {
  seasonNumber: number;
  episodeNumber: number;
  name: string | null;
  airDate: string | null;
}
/**
 * An account needs neither; a guest is somebody who has the link.
 */
export interface JoinRoom {
  name?: string | null;
  link?: string | null;
}
/**
 * `presign` is the value of `x-presign` for guests, null for accounts; `member` is who one is in the room.
 */
export interface Joined {
  room: Room;
  presign: string | null;
  member: string;
}
/**
 * `link` is the invitation; guests do not get it.
 */
export interface Room {
  id: string;
  slug: string;
  link: string | null;
  video: RoomVideo;
  control: "everyone" | "host";
  guests: boolean;
  host: string;
  members: Member[];
  state: RoomState;
  messages: Message[];
}
export interface RoomVideo {
  id: string;
  slug: string | null;
}
/**
 * `here`: connected at present.
 */
export interface Member {
  id: string;
  name: string;
  guest: boolean;
  here: boolean;
  ready: boolean;
  buffering: boolean;
}
/**
 * Playback stands at `position + (now − at) × rate`, unless it is paused. `waiting`: whom a play waits for.
 */
export interface RoomState {
  paused: boolean;
  position: number;
  rate: number;
  at: string;
  by: string;
  version: number;
  waiting: string[];
}
/**
 * `byId` is the member that said it; null of messages of an earlier release.
 */
export interface Message {
  kind: "chat" | "reaction";
  by: string;
  byId: string | null;
  text: string;
  at: string;
}
export interface KeyFlow {
  flow: "key";
  linked: boolean;
}
/**
 * A change that has still to be sent to a tracker; `show` and `entry` are slugs.
 */
export interface Letter {
  id: string;
  what: string;
  show: string;
  entry: string | null;
  state: "waiting" | "failed";
  tries: number;
  reason: string | null;
  nextTry: string | null;
  createdAt: string;
}
export interface Library {
  id: string;
  slug: string;
  name: string;
  path: string;
  createdAt: string;
  updatedAt: string;
}
/**
 * Which entries a file holds, in any form. Each entry that one of them matches is linked.
 */
export interface Link {
  slug?: string | null;
  movie?: string | null;
  serie?: string | null;
  season?: number | null;
  episode?: number | null;
  order?: number | null;
  special?: number | null;
  externalId?: {
    [k: string]: EpisodeIdLink | DataIdLink;
  } | null;
}
export interface LinkRequest {
  id: string;
  for: Link[];
}
export interface LinkResult {
  id: string;
  path: string;
  entries: SlugOnly[];
}
/**
 * A movie's place in the watch list, with its dates.
 */
export interface ListedMovie {
  status: "watching" | "rewatching" | "completed" | "dropped" | "planned";
  score: number | null;
  completedAt: string | null;
  percent: number;
  createdAt: string;
  updatedAt: string;
  sync?: {
    [k: string]: SyncResult;
  } | null;
}
/**
 * A serie's place in the watch list, with its dates.
 */
export interface ListedSerie {
  status: "watching" | "rewatching" | "completed" | "dropped" | "planned";
  score: number | null;
  startedAt: string | null;
  completedAt: string | null;
  seenCount: number;
  createdAt: string;
  updatedAt: string;
  sync?: {
    [k: string]: SyncResult;
  } | null;
}
export interface ListedVideo {
  id: string;
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  edition: string | null;
  guess: GuessOutput;
  createdAt: string;
  updatedAt: string;
  slugs: string[];
  progress: Progress;
  entries: (BareEpisode | BareMovieEntry | BareSpecial)[];
}
/**
 * `secret` is what signs its messages; it is shown this once.
 */
export interface MadeWebhook {
  id: string;
  name: string;
  form: "json" | "discord" | "ntfy" | "gotify";
  origin: string;
  events: string[];
  private: boolean;
  enabled: boolean;
  reason: string | null;
  failingSince: string | null;
  createdAt: string;
  secret: string;
}
/**
 * How many entries were marked, and what that made of the serie's place in the list; null when it has none.
 */
export interface Marked {
  marked: number;
  watchStatus: ListedSerie | null;
  sync?: {
    [k: string]: SyncResult;
  } | null;
}
/**
 * An episode without a file; `entry` is null for a number that is known only by those around it.
 */
export interface Missing {
  seasonNumber: number;
  episodeNumber: number;
  entry: Episode | null;
}
export interface Movie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "planned";
  runtime: number | null;
  airDate: string | null;
  nextRefresh: string | null;
  isAvailable: boolean;
  watchStatus: MovieWatchStatus | null;
}
export interface MovieEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  genres?: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  minAge?: number | null;
  rating?: {
    [k: string]: number;
  };
  originalLanguage?: string;
  externalId?: {
    [k: string]: ExternalItem[];
  };
  poster?: string | null;
  thumbnail?: string | null;
  banner?: string | null;
  logo?: string | null;
  collection?: SeedCollection | null;
  studios?: SeedStudio[];
  staff?: SeedStaff[];
  status?: "unknown" | "finished" | "planned";
  runtime?: number | null;
  airDate?: string | null;
  translations?: {
    [k: string]: ProductionTextsEdit;
  };
}
export interface SeedCollection {
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  originalLanguage: string;
  translations: {
    [k: string]: SeedTexts;
  };
}
/**
 * The words and pictures of a show in one language.
 */
export interface SeedTexts {
  name: string;
  latinName?: string | null;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: string | null;
  thumbnail: string | null;
  banner: string | null;
  logo: string | null;
}
export interface SeedStudio {
  slug: string;
  externalId: {
    [k: string]: ExternalItem[];
  };
  translations: {
    [k: string]: SeedStudioTexts;
  };
}
export interface SeedStudioTexts {
  name: string;
  logo: string | null;
}
export interface SeedStaff {
  kind: "actor" | "director" | "writter" | "producer" | "music" | "crew" | "other";
  character: SeedCharacter | null;
  staff: SeedPerson;
}
export interface SeedCharacter {
  name: string;
  latinName: string | null;
  image: string | null;
}
export interface SeedPerson {
  slug: string;
  name: string;
  latinName: string | null;
  image: string | null;
  externalId: {
    [k: string]: ExternalItem[];
  };
}
export interface ProductionTextsEdit {
  name?: string;
  description?: string | null;
  poster?: string | null;
  latinName?: string | null;
  tagline?: string | null;
  aliases?: string[];
  tags?: string[];
  thumbnail?: string | null;
  banner?: string | null;
  logo?: string | null;
  trailerUrl?: string | null;
}
export interface MovieEntryWithShow {
  videos: EmbeddedVideo[];
  progress: Progress;
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "movie";
  tagline: string | null;
  poster: Image | null;
  externalId: {
    [k: string]: (EpisodeItem | ExternalItem)[];
  };
  show: MovieShow | SerieShow | CollectionShow;
}
/**
 * `url` is all that it takes to read the calendar; it is shown this once.
 */
export interface NewCalendar {
  url: string;
}
/**
 * `token` is what the receiver asks for, if it does.
 */
export interface NewOwnWebhook {
  name: string;
  form?: "json" | "discord" | "ntfy" | "gotify";
  url: string;
  token?: string | null;
  /**
   * @minItems 1
   * @maxItems 50
   */
  events: (
    "play.started" | "play.paused" | "play.resumed" | "play.stopped" | "play.finished" | "title.scored"
  )[];
  enabled?: boolean;
}
/**
 * `video`: an id or a slug. `control`: who may play, pause and seek.
 */
export interface NewRoom {
  video: string;
  guests?: boolean;
  control?: "everyone" | "host";
}
/**
 * `private`: its address may be one of this machine or its network.
 */
export interface NewWebhook {
  name: string;
  form?: "json" | "discord" | "ntfy" | "gotify";
  url: string;
  token?: string | null;
  /**
   * @minItems 1
   * @maxItems 50
   */
  events: (
    | "play.started"
    | "play.paused"
    | "play.resumed"
    | "play.stopped"
    | "play.finished"
    | "title.scored"
    | "title.added"
    | "episode.added"
    | "scan.ended"
    | "user.registered"
  )[];
  enabled?: boolean;
  private?: boolean;
}
/**
 * An episode, by its number at one provider or several, and the season and number that it is to have.
 */
export interface Numbered {
  externalId: {
    [k: string]: OwnNumber;
  };
  season: number;
  episode: number;
}
/**
 * The number of an episode at a provider.
 */
export interface OwnNumber {
  serieId: string;
  season: number;
  episode: number;
}
/**
 * What is left out stays; an empty `token` is none.
 */
export interface OwnWebhookChanges {
  name?: string | null;
  url?: string | null;
  token?: string | "" | null;
  events?:
    | ("play.started" | "play.paused" | "play.resumed" | "play.stopped" | "play.finished" | "title.scored")[]
    | null;
  enabled?: boolean | null;
}
/**
 * Everything that the api holds about a user.
 */
export interface ProfileExport {
  id: string;
  exportedDate: string;
  watchlist: ExportedListing[];
  history: ExportedPlay[];
  hidden: ExportedHidden[];
  imports: ExportedImport[];
  webhooks: ExportedWebhook[];
  watched: ExportedWatched[];
  encoded: ExportedEncoded[];
  calendar: ExportedCalendar | null;
  rooms: ExportedRoom[];
}
export interface RecommendedMovie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "planned";
  runtime: number | null;
  airDate: string | null;
  nextRefresh: string | null;
  isAvailable: boolean;
  watchStatus: MovieWatchStatus | null;
  kind: "movie";
  because: Because;
}
export interface RecommendedSerie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  nextRefresh: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: SerieWatchStatus | null;
  kind: "serie";
  because: Because;
}
export interface RedirectFlow {
  flow: "redirect";
  url: string;
}
export interface Reference {
  id: string;
  slug: string;
}
/**
 * How many episodes have another number now.
 */
export interface Renumbered {
  changed: number;
}
export interface RoleOfShow {
  kind: "actor" | "director" | "writter" | "producer" | "music" | "crew" | "other";
  character: Character | null;
  staff: Staff;
}
export interface Staff {
  id: string;
  slug: string;
  name: string;
  latinName: string | null;
  image: Image | null;
  externalId: {
    [k: string]: ExternalItem[];
  };
  createdAt: string;
  updatedAt: string;
}
export interface RoleOfStaff {
  kind: "actor" | "director" | "writter" | "producer" | "music" | "crew" | "other";
  character: Character | null;
  show: MovieShow | SerieShow | CollectionShow;
}
/**
 * `merge` adds what is lacking here, `theirs` makes the titles of the import like the import, `ours` takes only
 * titles of which nothing is known here. `dryRun` changes nothing and says what would.
 */
export interface RunImport {
  rule: "merge" | "theirs" | "ours";
  dryRun?: boolean;
}
export interface RunningStream {
  id: string;
  path: string;
  duration: number;
  videos: StreamedTrack[];
  audios: StreamedTrack[];
  viewers: Viewer[];
  entries: (BareEpisode | BareMovieEntry | BareSpecial)[];
  show: (MovieShow | SerieShow | CollectionShow) | null;
}
/**
 * Why a track is encoded (null: it is copied, or the transcoder does not say) and what that costs.
 */
export interface StreamedTrack {
  index: number;
  quality: string;
  heads: Head[];
  reason?: ("codec" | "keyframes" | "browser" | "quality") | null;
  encoders?: number | null;
  processorSeconds?: number | null;
}
export interface Viewer {
  user: {
    [k: string]: unknown;
  } | null;
  progress: number | null;
  clientId: string;
  state: "playing" | "paused";
  video: ViewedTrack | null;
  audio: ViewedTrack | null;
}
export interface ViewedTrack {
  index: number;
  quality: string;
  head: number;
}
export interface Season {
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  seasonNumber: number;
  startAir: string | null;
  endAir: string | null;
  externalId: {
    [k: string]: SeasonItem[];
  };
  entriesCount: number;
  availableCount: number;
  createdAt: string;
  updatedAt: string;
}
/**
 * What a provider calls a season.
 */
export interface SeasonItem {
  serieId: string;
  season: number;
  link?: string | null;
  label?: string | null;
}
/**
 * `poster`, `thumbnail` and `banner` here are set in every language there is.
 */
export interface SeasonEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  startAir?: string | null;
  endAir?: string | null;
  externalId?: {
    [k: string]: SeasonItem[];
  };
  poster?: string | null;
  thumbnail?: string | null;
  banner?: string | null;
  translations?: {
    [k: string]: SeasonTextsEdit;
  };
}
export interface SeasonTextsEdit {
  name?: string | null;
  description?: string | null;
  poster?: string | null;
  thumbnail?: string | null;
  banner?: string | null;
}
/**
 * Stands before the first episode of a season in a list of entries (`includeSeasons`).
 */
export interface SeasonSeparator {
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  seasonNumber: number;
  startAir: string | null;
  endAir: string | null;
  externalId: {
    [k: string]: SeasonItem[];
  };
  entriesCount: number;
  availableCount: number;
  createdAt: string;
  updatedAt: string;
  kind: "season";
}
export interface SeedApplication {
  clientId: string;
  clientSecret?: string | null;
}
export interface SeedEntryTexts {
  name: string | null;
  description: string | null;
}
export interface SeedEpisode {
  content: "story" | "recap" | "filler" | "ova";
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: string | null;
  videos?: string[];
  kind: "episode";
  seasonNumber: number;
  episodeNumber: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
  translations: {
    [k: string]: SeedEntryTexts;
  };
}
export interface SeedExtra {
  kind: "other" | "trailer" | "interview" | "behind-the-scene" | "deleted-scene" | "blooper";
  slug: string;
  name: string;
  runtime: number | null;
  thumbnail: string | null;
  video: string;
}
/**
 * One play. `entry` is an id or a slug, `time` seconds into the video, `playedDate` null means now; `external`
 * plays (marked as seen by hand, or seen elsewhere) count as seen but stay out of the history.
 */
export interface SeedHistory {
  entry: string;
  videoId: string | null;
  percent: number;
  time: number;
  playedDate: string | null;
  external?: boolean;
}
/**
 * `merge` gives each side what it lacks, `theirs` makes this side like the tracker, `ours` the tracker like this
 * side. `dryRun` changes nothing and says what would.
 */
export interface SeedImport {
  rule: "merge" | "theirs" | "ours";
  dryRun?: boolean;
}
export interface SeedLibrary {
  name: string;
  path: string;
}
export interface SeedMovie {
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  originalLanguage: string;
  translations: {
    [k: string]: SeedShowTexts;
  };
  minAge?: number | null;
  runtime: number | null;
  collection?: SeedCollection | null;
  studios?: SeedStudio[];
  staff?: SeedStaff[];
  status: "unknown" | "finished" | "planned";
  airDate: string | null;
  videos?: string[];
  extras?: SeedExtra[];
}
export interface SeedShowTexts {
  name: string;
  latinName?: string | null;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: string | null;
  thumbnail: string | null;
  banner: string | null;
  logo: string | null;
  trailer: string | null;
}
export interface SeedMovieEntry {
  content: "story" | "recap" | "filler" | "ova";
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: string | null;
  videos?: string[];
  kind: "movie";
  slug?: string | null;
  externalId: {
    [k: string]: (EpisodeItem | ExternalItem)[];
  };
  translations: {
    [k: string]: SeedMovieEntryTexts;
  };
}
export interface SeedMovieEntryTexts {
  name: string | null;
  description: string | null;
  tagline: string | null;
  poster: string | null;
}
/**
 * What a person says of a movie; a `score` of null takes the score back.
 */
export interface SeedMovieWatchStatus {
  status: "watching" | "rewatching" | "completed" | "dropped" | "planned";
  score?: number | null;
  completedAt?: string | null;
}
/**
 * What a person thinks of a show, 0 to 100; null takes it back.
 */
export interface SeedScore {
  score: number | null;
}
export interface SeedSeason {
  seasonNumber: number;
  startAir: string | null;
  endAir: string | null;
  externalId: {
    [k: string]: SeasonItem[];
  };
  translations: {
    [k: string]: SeedSeasonTexts;
  };
}
export interface SeedSeasonTexts {
  name: string | null;
  description: string | null;
  poster: string | null;
  thumbnail: string | null;
  banner: string | null;
}
export interface SeedSerie {
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  originalLanguage: string;
  translations: {
    [k: string]: SeedShowTexts;
  };
  minAge?: number | null;
  runtime: number | null;
  collection?: SeedCollection | null;
  studios?: SeedStudio[];
  staff?: SeedStaff[];
  status: "unknown" | "finished" | "airing" | "planned";
  startAir: string | null;
  endAir: string | null;
  seasons: SeedSeason[];
  entries: (SeedEpisode | SeedSpecial | SeedMovieEntry)[];
  extras?: SeedExtra[];
  complete?: boolean;
}
export interface SeedSpecial {
  content: "story" | "recap" | "filler" | "ova";
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: string | null;
  videos?: string[];
  kind: "special";
  number: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
  translations: {
    [k: string]: SeedEntryTexts;
  };
}
/**
 * What a person says of a serie; a `score` of null takes the score back.
 */
export interface SeedSerieWatchStatus {
  status: "watching" | "rewatching" | "completed" | "dropped" | "planned";
  score?: number | null;
  completedAt?: string | null;
  startedAt?: string | null;
}
/**
 * `rendering` is what the versions and parts of one cut have in common; it becomes part of slugs.
 *
 * `movedFrom` is where the file was before: that video keeps its id, links and history under its new path.
 */
export interface SeedVideo {
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  guess: GuessInput;
  for?: Link[];
  movedFrom?: string | null;
}
export interface SeededEntry {
  id: string;
  slug: string;
  videos: SlugOnly[];
}
/**
 * `videos` holds only the links that this call made; `extras` is there when the seed has any.
 */
export interface SeededMovie {
  id: string;
  slug: string;
  videos: SlugOnly[];
  extras?: Reference[];
  collection: Reference | null;
  studios: Reference[];
  staff: Reference[];
}
export interface SeededSerie {
  id: string;
  slug: string;
  seasons: Reference[];
  entries: SeededEntry[];
  extras: Reference[];
  collection: Reference | null;
  studios: Reference[];
  staff: Reference[];
}
export interface Serie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  nextRefresh: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: SerieWatchStatus | null;
}
export interface SerieEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  genres?: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  minAge?: number | null;
  rating?: {
    [k: string]: number;
  };
  originalLanguage?: string;
  externalId?: {
    [k: string]: ExternalItem[];
  };
  poster?: string | null;
  thumbnail?: string | null;
  banner?: string | null;
  logo?: string | null;
  collection?: SeedCollection | null;
  studios?: SeedStudio[];
  staff?: SeedStaff[];
  status?: "unknown" | "finished" | "airing" | "planned";
  runtime?: number | null;
  startAir?: string | null;
  endAir?: string | null;
  translations?: {
    [k: string]: ProductionTextsEdit;
  };
}
export interface ServerAccount {
  id: string;
  name: string;
}
export interface ServerAccounts {
  items: ServerAccount[];
}
/**
 * Where a Jellyfin is, and a key of its administrator.
 */
export interface ServerAddress {
  url: string;
  token: string;
}
/**
 * The show that was taken out of next up.
 */
export interface SetAside {
  id: string;
  slug: string;
  kind: "serie" | "movie" | "collection";
}
export interface SpecialWithShow {
  videos: EmbeddedVideo[];
  progress: Progress;
  id: string;
  slug: string;
  name: string | null;
  description: string | null;
  order: number;
  airDate: string | null;
  runtime: number | null;
  thumbnail: Image | null;
  content: "story" | "recap" | "filler" | "ova";
  createdAt: string;
  updatedAt: string;
  kind: "special";
  number: number;
  externalId: {
    [k: string]: EpisodeItem[];
  };
  show: MovieShow | SerieShow | CollectionShow;
}
export interface StaffEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  name?: string;
  latinName?: string | null;
  image?: string | null;
  externalId?: {
    [k: string]: ExternalItem[];
  };
}
/**
 * Days, the first and the last with them, and hours (24, from midnight on) are those of `zone`.
 */
export interface Statistics {
  seconds: number;
  finished: number;
  first: string;
  last: string;
  zone: string;
  days: DaySum[];
  hours: number[];
  titles: TitleSum[];
  encoded: Encoded;
}
/**
 * `logo` here is set in every language there is.
 */
export interface StudioEdit {
  /**
   * @maxItems 1000
   */
  locks?: string[];
  externalId?: {
    [k: string]: ExternalItem[];
  };
  logo?: string | null;
  translations?: {
    [k: string]: StudioTextsEdit;
  };
}
export interface StudioTextsEdit {
  name?: string;
  logo?: string | null;
}
/**
 * `reason`: why it did not arrive, null when it did.
 */
export interface Tested {
  status: number | null;
  reason: string | null;
}
/**
 * The server's application at a service, as its administrators see it. The secret is never shown.
 */
export interface TrackerApplication {
  service: string;
  title: string;
  clientId: string | null;
  hasSecret: boolean;
  configured: boolean;
  callback: string;
}
export interface TrackerApplications {
  items: TrackerApplication[];
}
/**
 * What is not given stays as it is.
 */
export interface TrackerChoices {
  mode?: ("both" | "out" | "in" | "off") | null;
  scrobble?: boolean | null;
  unwatch?: boolean | null;
  scores?: boolean | null;
}
export interface TrackerFault {
  at: string;
  code: string;
  message: string;
}
/**
 * A tracker and the caller's account at it. `available` is false, with a reason, where the administrator has
 * registered no application; `byKey`: it is linked by a key that its user has there; `queued` and `failed` count what
 * it has still to be sent.
 */
export interface TrackerItem {
  service: string;
  title: string;
  byKey: boolean;
  available: boolean;
  reason?: string | null;
  linked: boolean;
  account?: string | null;
  since?: string | null;
  mode: "both" | "out" | "in" | "off";
  scrobble: boolean;
  unwatch: boolean;
  scores: boolean;
  lastSync?: string | null;
  lastError?: TrackerFault | null;
  queued: number;
  failed: number;
}
export interface TrackerItems {
  items: TrackerItem[];
}
export interface Video {
  id: string;
  path: string;
  rendering: string;
  part: number | null;
  version: number;
  edition: string | null;
  guess: GuessOutput;
  createdAt: string;
  updatedAt: string;
}
/**
 * A serie of the watch list; `nextEntry` is what to watch next of it.
 */
export interface WatchedSerie {
  name: string;
  description: string | null;
  tagline: string | null;
  aliases: string[];
  tags: string[];
  poster: Image | null;
  thumbnail: Image | null;
  banner: Image | null;
  logo: Image | null;
  id: string;
  slug: string;
  genres: (
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
    | "music"
    | "mystery"
    | "romance"
    | "science-fiction"
    | "thriller"
    | "war"
    | "western"
    | "kids"
    | "reality"
    | "politics"
    | "soap"
    | "talk"
  )[];
  rating: {
    [k: string]: number;
  };
  externalId: {
    [k: string]: ExternalItem[];
  };
  minAge: number | null;
  original: Original;
  createdAt: string;
  updatedAt: string;
  trailerUrl: string | null;
  status: "unknown" | "finished" | "airing" | "planned";
  runtime: number | null;
  startAir: string | null;
  endAir: string | null;
  nextRefresh: string | null;
  entriesCount: number;
  availableCount: number;
  watchStatus: SerieWatchStatus | null;
  kind: "serie";
  nextEntry: (Episode | MovieEntry | Special) | null;
}
/**
 * `origin` is that of its address. `reason`: why it failed last, or why it was switched off; `failingSince`:
 * nothing has arrived since then.
 */
export interface Webhook {
  id: string;
  name: string;
  form: "json" | "discord" | "ntfy" | "gotify";
  origin: string;
  events: string[];
  private: boolean;
  enabled: boolean;
  reason: string | null;
  failingSince: string | null;
  createdAt: string;
}
export interface WebhookChanges {
  name?: string | null;
  url?: string | null;
  token?: string | "" | null;
  events?:
    | (
        | "play.started"
        | "play.paused"
        | "play.resumed"
        | "play.stopped"
        | "play.finished"
        | "title.scored"
        | "title.added"
        | "episode.added"
        | "scan.ended"
        | "user.registered"
      )[]
    | null;
  enabled?: boolean | null;
  private?: boolean | null;
}
export interface WebhookSecret {
  secret: string;
}
export interface Webhooks {
  items: Webhook[];
}
