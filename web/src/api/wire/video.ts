/** What /video takes and gives. Made by `make types`. */

export type ChapterType = "content" | "recap" | "intro" | "credits" | "preview";
export type Hdr = "HDR10" | "HDR10+" | "HLG" | "Dolby Vision";
/**
 * The transfer function, as playlists name it (draft-pantos-hls-rfc8216bis §4.4.6.2).
 */
export type VideoRange = "SDR" | "PQ" | "HLG";

export interface AudioInfo {
  index: number;
  title: string | null;
  language: string | null;
  codec: string;
  mimeCodec: string | null;
  channels: number;
  bitrate: number;
  isDefault: boolean;
}
export interface ChapterInfo {
  startTime: number;
  endTime: number;
  name: string;
  type: ChapterType;
  firstAppearance?: boolean | null;
  matchAccuracy?: number | null;
}
/**
 * Why a stream is ended; its player shows it.
 */
export interface End {
  message?: string | null;
}
/**
 * A run of segments: times in seconds, segment numbers inclusive.
 */
export interface Head {
  start: number;
  end: number;
  startHead: number;
  endHead: number;
  isRunning: boolean;
}
/**
 * Durations and times in seconds, size in bytes, bitrates in bits/s. Ours are `cover`, which leads to the picture
 * that is embedded, if there is one, and `tags`, what the file says of its title, by ffmpeg's names in small
 * letters.
 */
export interface MediaInfo {
  id: number;
  sha: string;
  path: string;
  extension: string;
  mimeCodec: string | null;
  size: number;
  duration: number;
  container: string | null;
  versions: Versions;
  videos: VideoInfo[];
  audios: AudioInfo[];
  subtitles: SubtitleInfo[];
  fonts: string[];
  chapters: ChapterInfo[];
  cover: string | null;
  tags: {
    [k: string]: string;
  };
}
/**
 * Code versions of what has been made; 0 = not yet, -1 = the file cannot be read.
 */
export interface Versions {
  info: number;
  extract: number;
  thumbs: number;
  keyframes: number;
  fingerprint: number;
  fpWith: string[];
}
/**
 * What follows `isDefault` is ours. `rotation` in degrees, counterclockwise, to show the coded picture upright;
 * `sampleAspectRatio` is the shape of a coded pixel; `displayWidth` and `displayHeight` count both in.
 */
export interface VideoInfo {
  index: number;
  title: string | null;
  language: string | null;
  codec: string;
  mimeCodec: string | null;
  width: number;
  height: number;
  bitrate: number;
  isDefault: boolean;
  displayWidth: number;
  displayHeight: number;
  rotation: number;
  sampleAspectRatio: string;
  frameRate: number;
  isInterlaced: boolean;
  videoRange: VideoRange;
  hdr: Hdr | null;
  dolbyVisionProfile: number | null;
}
export interface SubtitleInfo {
  index: number | null;
  title: string | null;
  language: string | null;
  codec: string;
  extension: string | null;
  isDefault: boolean;
  isForced: boolean;
  isHearingImpaired: boolean;
  isExternal: boolean;
  path: string | null;
  link: string | null;
}
export interface Stream {
  path: string;
  sha: string;
  duration: number;
  videos: StreamTrack[];
  audios: StreamTrack[];
  viewers: Viewer[];
}
/**
 * Ours: `reason`, why it is encoded, null for a copy: `codec` and `keyframes` (a copy would not play), `browser` (a
 * copy plays in some browsers only), `quality` (less was asked for). `encoders` at work, and what they have used of
 * processors so far, in seconds.
 */
export interface StreamTrack {
  index: number;
  quality: string;
  heads: Head[];
  reason: ("codec" | "keyframes" | "browser" | "quality") | null;
  encoders: number;
  processorSeconds: number;
}
export interface Viewer {
  clientId: string;
  profileId: string | null;
  sessionId: string | null;
  state: "playing" | "paused";
  video: ViewerTrack | null;
  audio: ViewerTrack | null;
}
export interface ViewerTrack {
  index: number;
  quality: string;
  head: number;
}
