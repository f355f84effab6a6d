/** Several files of one film or episode: what each is, in words, and which one plays best here. Pure. */

import type { EmbeddedVideo, MediaInfo, VideoTrack } from "~/api/models/files";
import { isFinished } from "~/lib/finished";

/** What this device shows. */
export type Device = {
  /** Lines of the screen. */
  lines: number;
  hdr: boolean;
  /** Whether the browser plays a codec as it is. */
  plays: (mimeCodec: string) => boolean;
};

/** What tells versions of a title apart, and is the same for the episodes of a serie. */
export type Traits = { edition: string; lines: number; codec: string; hdr: boolean };

/** Of a version that must be converted, as much is left as of a picture with this share of its lines. */
const conversion = 0.6;
/** Taller pictures than this are rarely converted as fast as they play. */
const tallestConverted = 1080;

const steps = [144, 240, 360, 480, 576, 720, 1080, 1440, 2160, 4320];

const codecNames: Record<string, string> = {
  h264: "H.264",
  hevc: "HEVC",
  av1: "AV1",
  vp9: "VP9",
  vp8: "VP8",
  mpeg2video: "MPEG-2",
  mpeg4: "MPEG-4",
};

export const codecName = (codec: string) => codecNames[codec] ?? codec.toUpperCase();

/** The picture as it is seen: pixels may not be square, and the picture may lie on its side. */
export const shownSize = (track: VideoTrack) => ({
  width: track.displayWidth || track.width,
  height: track.displayHeight || track.height,
});

/** The step that a picture belongs to: a wide film of 1920 × 800 is 1080p, too. */
export function linesOf(track: VideoTrack): number {
  const { width, height } = shownSize(track);
  const lines = Math.max(Math.min(width, height), (Math.max(width, height) * 9) / 16);
  return steps.findLast((step) => step <= lines * 1.06) ?? steps[0] ?? 144;
}

export const linesName = (lines: number) => (lines >= 4320 ? "8K" : lines >= 2160 ? "4K" : `${lines}p`);

/** The kind of HDR, or nothing: also of servers that say no more than the transfer. */
export function hdrName(track: VideoTrack): string | null {
  if (track.hdr) return track.hdr;
  return track.videoRange && track.videoRange !== "SDR" ? "HDR" : null;
}

const mainTrack = (info: MediaInfo | undefined) =>
  info?.videos.find((track) => track.isDefault) ?? info?.videos[0];

export function traitsOf(video: EmbeddedVideo, info: MediaInfo | undefined): Traits {
  const track = mainTrack(info);
  return {
    edition: video.edition ?? "",
    lines: track ? linesOf(track) : 0,
    codec: track?.codec ?? "",
    hdr: track ? hdrName(track) !== null : false,
  };
}

/** `Director's Cut · 4K HDR10 HEVC`, as far as it is known; empty when nothing is. H.264 goes without saying. */
export function versionName(video: EmbeddedVideo, info: MediaInfo | undefined): string {
  const track = mainTrack(info);
  const picture = track && [
    linesName(linesOf(track)),
    hdrName(track),
    track.codec !== "h264" && codecName(track.codec),
  ];
  return [video.edition, picture?.filter(Boolean).join(" ")].filter(Boolean).join(" · ");
}

/** One file for each choice there is: the newest version, and of parts the first. */
export function choices(videos: readonly EmbeddedVideo[]): EmbeddedVideo[] {
  const chosen = new Map<string, EmbeddedVideo>();
  for (const video of videos) {
    const known = chosen.get(video.rendering);
    const part = (one: EmbeddedVideo) => one.part ?? 0;
    const better =
      !known || part(video) < part(known) || (part(video) === part(known) && video.version > known.version);
    if (better) chosen.set(video.rendering, video);
  }
  return [...chosen.values()];
}

/** How good a file looks on a device, in lines; what is beyond the screen counts for nothing. */
function worth(info: MediaInfo | undefined, device: Device): number {
  const track = mainTrack(info);
  if (!track) return 0;
  const hdr = hdrName(track) !== null;
  const converted = !track.mimeCodec || !device.plays(track.mimeCodec) || (hdr && !device.hdr);
  const seen = Math.min(linesOf(track), Math.max(device.lines, 1));
  if (converted) return Math.min(seen, tallestConverted) * conversion;
  return seen + (hdr ? 1 : 0);
}

const same = (a: Traits, b: Traits) =>
  Number(a.edition === b.edition) * 8 +
  Number(a.lines === b.lines) * 4 +
  Number(a.hdr === b.hdr) * 2 +
  Number(a.codec === b.codec);

/**
 * The choices from the best: first the one like that chosen last for this title, then by what the device shows of it, of
 * equals the one with less to load beyond the screen, then with more bits, then as the server has them. `infos` by the id of
 * the video.
 */
export function ranked(
  videos: readonly EmbeddedVideo[],
  infos: ReadonlyMap<string, MediaInfo>,
  device: Device,
  remembered: Traits | null = null,
): EmbeddedVideo[] {
  const places = choices(videos).map((video) => {
    const info = infos.get(video.id);
    const track = mainTrack(info);
    const lines = track ? linesOf(track) : 0;
    return {
      video,
      rank: [
        remembered ? same(traitsOf(video, info), remembered) : 0,
        worth(info, device),
        -Math.max(0, lines - device.lines),
        track?.bitrate ?? 0,
      ],
    };
  });
  const better = (a: readonly number[], b: readonly number[]) => {
    const at = a.findIndex((value, i) => value !== b[i]);
    return at < 0 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
  };
  return places.sort((a, b) => better(a.rank, b.rank)).map(({ video }) => video);
}

/** Where to go on: in the part that was played last, if it belongs to the chosen version. */
export function partToResume(
  videos: readonly EmbeddedVideo[],
  chosen: EmbeddedVideo,
  progress: { videoId: string | null; percent: number } | undefined,
): EmbeddedVideo {
  const last = videos.find((video) => video.id === progress?.videoId);
  const goesOn =
    last?.rendering === chosen.rendering && last.part !== null && !isFinished(progress?.percent ?? 0);
  return goesOn ? last : chosen;
}
