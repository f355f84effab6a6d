/** Files as JSON objects: what they hold, what is inside of them, and who streams them. No behaviour. */
import type * as wire from "../wire/api";
import type * as transcoder from "../wire/video";
import type { User } from "./accounts";
import type { EmbeddedVideo, Entry, Show } from "./catalogue";
import type { Lacking } from "./lacking";

export type { GuessEpisode } from "../wire/api";
export type { AudioInfo as AudioTrack, ChapterType } from "../wire/video";
export type { EmbeddedVideo } from "./catalogue";

export type Guess = Pick<wire.GuessOutput, "title" | "kind" | "years" | "episodes">;

export type Video = Lacking<Omit<wire.Video, "guess">, "edition"> & { guess: Guess };

export type VideoLink = { video: string | null; entry: Entry };

export type FullVideo = Video & {
  slugs: string[];
  progress: wire.Progress;
  entries: Entry[];
  previous?: VideoLink | null;
  next?: VideoLink | null;
  show?: Show | null;
  /** All files of the first entry, when asked for; missing on servers that cannot say. */
  versions?: EmbeddedVideo[] | null;
};

export type Subtitle = Omit<transcoder.SubtitleInfo, "path">;

/** Other servers say no more of a picture than its size. */
export type VideoTrack = Lacking<
  transcoder.VideoInfo,
  | "displayWidth"
  | "displayHeight"
  | "rotation"
  | "sampleAspectRatio"
  | "frameRate"
  | "isInterlaced"
  | "videoRange"
  | "hdr"
  | "dolbyVisionProfile"
>;

export type Chapter = transcoder.ChapterInfo;

export type MediaInfo = Omit<transcoder.MediaInfo, "id" | "versions" | "cover" | "videos" | "subtitles"> & {
  videos: VideoTrack[];
  subtitles: Subtitle[];
};

export type StreamedTrack = wire.StreamedTrack;

export type RunningStream = Omit<wire.RunningStream, "viewers" | "entries" | "show"> & {
  viewers: (Lacking<Omit<wire.Viewer, "user">, "clientId" | "state"> & { user: User | null })[];
  entries: Entry[];
  show: Show | null;
};
