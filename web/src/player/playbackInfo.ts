/** What plays at the moment, and why it is converted if it is: as lines of words. Pure. */
import type { AudioTrack, MediaInfo, VideoTrack } from "~/api/models/files";
import { formatBitrate, languageName } from "~/lib/format";
import { t } from "~/lib/strings";
import { codecName, hdrName, shownSize } from "~/lib/versions";
import type { EngineState } from "./engine";
import { isOriginal } from "./quality";
import { mainVideo, qualityLabel } from "./tracks";

const audioCodecs: Record<string, string> = {
  aac: "AAC",
  ac3: "AC-3",
  eac3: "E-AC-3",
  dts: "DTS",
  truehd: "TrueHD",
  opus: "Opus",
  flac: "FLAC",
  mp3: "MP3",
  vorbis: "Vorbis",
};

export const audioCodecName = (codec: string) => audioCodecs[codec] ?? codec.toUpperCase();

export type Fact = { name: string; value: string };

export type Playback = {
  state: EngineState;
  info: MediaInfo | undefined;
  /** Whether the browser plays a codec of pictures as it is. */
  plays: (mimeCodec: string) => boolean;
  /** Seconds that are loaded ahead. */
  ahead: number;
  dropped: number;
  frames: number;
  /** Bits per second, null when nothing was measured. */
  bandwidth: number | null;
};

/** Why the picture is not the one in the file; null when it is. */
export function whyConverted(
  { mode, levels, level, activeLevel }: EngineState,
  track: VideoTrack | undefined,
  plays: Playback["plays"],
): string | null {
  const active = levels[activeLevel];
  if (mode === "direct" || !active || isOriginal(active)) return null;
  const copy = levels.find(isOriginal);
  if (copy?.excluded) return t.player.why.failed;
  if (!copy && track) {
    const name = codecName(track.codec);
    return track.mimeCodec && !plays(track.mimeCodec)
      ? t.player.why.browser(name)
      : t.player.why.server(name);
  }
  if (level >= 0) return t.player.why.chosen(qualityLabel(active));
  return copy ? t.player.why.slow(formatBitrate(copy.bitrate)) : null;
}

const frameRate = (rate: number | undefined) =>
  rate ? t.player.frameRate(String(Math.round(rate * 100) / 100)) : "";

function picture(track: VideoTrack): string {
  const { width, height } = shownSize(track);
  const parts = [
    codecName(track.codec),
    `${width} × ${height}`,
    frameRate(track.frameRate),
    hdrName(track),
    track.dolbyVisionProfile ? t.player.profile(track.dolbyVisionProfile) : "",
    track.isInterlaced ? t.player.interlaced : "",
    track.rotation ? t.player.rotated(track.rotation) : "",
    track.sampleAspectRatio && track.sampleAspectRatio !== "1:1"
      ? t.player.pixels(track.sampleAspectRatio)
      : "",
    track.bitrate > 0 ? formatBitrate(track.bitrate) : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

function sound(track: AudioTrack): string {
  const parts = [
    audioCodecName(track.codec),
    t.player.channels(track.channels),
    track.language && languageName(track.language),
    track.title,
    track.bitrate > 0 ? formatBitrate(track.bitrate) : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

export function playbackFacts({ state, info, plays, ahead, dropped, frames, bandwidth }: Playback): Fact[] {
  const video = info && mainVideo(info.videos);
  const audio =
    info?.audios.find((track) => String(track.index) === state.audio) ??
    info?.audios.find((track) => track.isDefault) ??
    info?.audios[0];
  const active = state.levels[state.activeLevel];
  const why = whyConverted(state, video, plays);
  const copied = state.mode === "direct" || (active !== undefined && isOriginal(active));
  const sent =
    state.mode === "direct" ? t.player.sent.file : copied ? t.player.sent.copied : t.player.sent.converted;
  const heard =
    state.mode === "direct" || (audio && active?.copiedAudio?.includes(String(audio.index)))
      ? t.player.sent.soundCopied
      : t.player.sent.soundConverted;
  const facts: (Fact | false | undefined)[] = [
    (state.mode === "direct" || active !== undefined) && {
      name: t.player.facts.sent,
      value: [sent, why].filter(Boolean).join(" "),
    },
    !copied &&
      active && {
        name: t.player.facts.shown,
        value: [qualityLabel(active), formatBitrate(active.bitrate)].join(" · "),
      },
    video && { name: t.player.facts.picture, value: picture(video) },
    audio && {
      name: t.player.facts.sound,
      value: [sound(audio), active || state.mode === "direct" ? heard : ""].filter(Boolean).join(" · "),
    },
    Boolean(info?.container) && { name: t.player.facts.container, value: info?.container ?? "" },
    { name: t.player.facts.buffer, value: t.player.ahead(Math.round(ahead)) },
    frames > 0 && { name: t.player.facts.dropped, value: t.player.droppedOf(dropped, frames) },
    bandwidth !== null && { name: t.player.facts.connection, value: formatBitrate(bandwidth) },
  ];
  return facts.filter((fact) => fact !== false && fact !== undefined);
}
