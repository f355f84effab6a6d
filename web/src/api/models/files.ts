/** Files as JSON objects: what they hold, what is inside of them, and who streams them. No behaviour. */

import type { User } from "./accounts";
import type { Entry, Progress, Show } from "./catalogue";

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
  /** All files of the first entry, when asked for; missing on servers that cannot say. */
  versions?: EmbeddedVideo[];
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
  /** What follows is missing on servers that do not say. The size with the shape of pixels and the rotation counted in. */
  displayWidth?: number;
  displayHeight?: number;
  /** Degrees, counterclockwise. */
  rotation?: number;
  sampleAspectRatio?: string;
  frameRate?: number;
  isInterlaced?: boolean;
  videoRange?: "SDR" | "PQ" | "HLG";
  /** `HDR10`, `HDR10+`, `HLG`, `Dolby Vision`. */
  hdr?: string | null;
  dolbyVisionProfile?: number | null;
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
    /** Not known of servers other than ours. */
    clientId?: string;
    state?: "playing" | "paused";
    video: { index: number; quality: string } | null;
    audio: { index: number; quality: string } | null;
  }[];
  entries: Entry[];
  show: Show | null;
};
