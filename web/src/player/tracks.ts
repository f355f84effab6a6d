/** Turns the tracks that files and playlists offer into choices for people, and picks the first ones. Pure. */
import type { AudioTrack, Subtitle, VideoTrack } from "~/api/models/files";
import { languageName } from "~/lib/format";
import { t } from "~/lib/strings";

/** What is needed of an hls.js level. */
export type Level = {
  uri: string;
  height: number;
  /** On average, bits per second. */
  bitrate: number;
  /** `audioKey` of the tracks that it has as they are in the file; others are converted. */
  copiedAudio?: readonly string[];
  /** This browser turned out not to play it. */
  excluded?: boolean;
};

export type QualityOption = {
  /** Index of the level in hls.js. */
  level: number;
  label: string;
  height: number;
};

/** The quality in the address of a rendition: `…/0/720p/index.m3u8`. */
const qualityInUri = (uri: string) => /\/([^/]+)\/index\.m3u8/.exec(uri)?.[1] ?? "";

export function qualityLabel(level: Level): string {
  const name = qualityInUri(level.uri);
  if (name === "original") return t.player.originalQuality(`${level.height}p`);
  return /^\d+[pk]$/.test(name) ? name : `${level.height}p`;
}

/** Best first; a quality that the playlist offers with several audio groups appears once. */
export function qualityOptions(levels: readonly Level[]): QualityOption[] {
  const options = new Map<string, QualityOption>();
  levels.forEach((level, index) => {
    if (level.excluded) return;
    const label = qualityLabel(level);
    if (!options.has(label)) options.set(label, { level: index, label, height: level.height });
  });
  const rank = (option: QualityOption) => levels[option.level]?.bitrate ?? 0;
  return [...options.values()].sort((a, b) => b.height - a.height || rank(b) - rank(a));
}

/** What is needed of an hls.js audio track. */
export type HlsAudio = { name: string; lang?: string; url: string };

export type AudioOption = { key: string; label: string; language: string | null };

/** The number of the track in the file, from `…/audio/1/128k/index.m3u8`. */
const audioIndex = (url: string) => /\/audio\/(\d+)\//.exec(url)?.[1];

/** The same for every quality of one track: its number in the file, or its name and language. */
export const audioKey = (track: HlsAudio) => audioIndex(track.url) ?? `${track.lang ?? ""}/${track.name}`;

export const isCopiedAudio = (track: HlsAudio) => qualityInUri(track.url) === "original";

export function audioLabel(
  track: Pick<AudioTrack, "title" | "language" | "channels">,
  position: number,
): string {
  const name = [track.language && languageName(track.language), track.title].filter(Boolean).join(" – ");
  const channels = track.channels ? t.player.channels(track.channels) : "";
  return [name || t.player.track(position + 1), channels].filter(Boolean).join(" · ");
}

/** The playlist repeats each track for every quality group: one option for each track. `known` adds better names. */
export function audioOptions(tracks: readonly HlsAudio[], known: readonly AudioTrack[]): AudioOption[] {
  const options = new Map<string, AudioOption>();
  for (const track of tracks) {
    const key = audioKey(track);
    if (options.has(key)) continue;
    const inFile = known.find((candidate) => String(candidate.index) === audioIndex(track.url));
    const language = inFile?.language ?? track.lang ?? null;
    const label = inFile
      ? audioLabel(inFile, options.size)
      : [language && languageName(language), track.name].filter(Boolean).join(" – ");
    options.set(key, { key, label, language });
  }
  return [...options.values()];
}

export const fileAudioOptions = (tracks: readonly AudioTrack[]): AudioOption[] =>
  tracks.map((track, i) => ({
    key: String(track.index),
    label: audioLabel(track, i),
    language: track.language,
  }));

/** `pt-BR` is a kind of `pt`. */
const sameLanguage = (a: string | null, b: string) => a !== null && a.split("-")[0] === b.split("-")[0];

export const pickAudio = (options: readonly AudioOption[], language: string | null) =>
  language ? options.find((option) => sameLanguage(option.language, language)) : undefined;

export type SubtitleKind = "text" | "ass" | "pgs";

/** How a track is drawn; null when no renderer here can. */
export function subtitleKind(subtitle: Subtitle): SubtitleKind | null {
  if (!subtitle.link) return null;
  const name = subtitle.extension ?? subtitle.codec;
  if (["ass", "ssa"].includes(name)) return "ass";
  if (["sup", "hdmv_pgs_subtitle", "pgs"].includes(name)) return "pgs";
  return ["srt", "subrip", "vtt", "webvtt", "mov_text"].includes(name) ? "text" : null;
}

export function subtitleLabel(subtitle: Subtitle, position: number): string {
  const name = [subtitle.language && languageName(subtitle.language), subtitle.title]
    .filter(Boolean)
    .join(" – ");
  const marks = [
    subtitle.isForced && t.player.forced,
    subtitle.isHearingImpaired && t.player.hearingImpaired,
    subtitle.isExternal && t.player.external,
  ].filter(Boolean);
  return (name || t.player.track(position + 1)) + (marks.length ? ` (${marks.join(", ")})` : "");
}

/**
 * The first track to show. `wanted` is a language, `default`, `none`, or null when nothing was ever chosen:
 * then only a track that the file marks as both forced and default appears.
 */
export function pickSubtitle(subtitles: readonly Subtitle[], wanted: string | null): Subtitle | null {
  const drawable = subtitles.filter((subtitle) => subtitleKind(subtitle));
  const forced = drawable.find((subtitle) => subtitle.isForced && subtitle.isDefault) ?? null;
  if (wanted === null) return forced;
  if (wanted === "none") return null;
  if (wanted === "default") return drawable.find((subtitle) => subtitle.isDefault) ?? forced;
  const inLanguage = drawable.filter((subtitle) => sameLanguage(subtitle.language, wanted));
  return (
    inLanguage.find((subtitle) => !subtitle.isForced && !subtitle.isHearingImpaired) ??
    inLanguage[0] ??
    forced
  );
}

/** The type browsers know a file by: they play Matroska with these codecs but do not admit it by name. */
export function browserMime(mimeCodec: string | null): string | null {
  return mimeCodec?.replace(/^video\/(x-matroska|matroska|mkv)/, "video/mp4") ?? null;
}

/** Of a file with several, the picture that plays first. */
export const mainVideo = (videos: readonly VideoTrack[]) =>
  videos.find((track) => track.isDefault) ?? videos[0];
