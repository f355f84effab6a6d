/** Numbers, dates and names as a person reads them. Pure. */
import type { Entry, Show } from "~/api/models/catalogue";
import { t } from "~/lib/strings";

/** `4:05`, `1:04:05`: a position in a video. */
export function formatTime(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "0:00";
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** `1 h 42 min` from minutes. */
export function formatRuntime(minutes: number | null | undefined): string {
  if (!minutes || minutes < 1) return "";
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  if (!hours) return `${rest} min`;
  return rest ? `${hours} h ${rest} min` : `${hours} h`;
}

export function formatSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function formatBitrate(bits: number): string {
  if (!bits) return "";
  return bits >= 1_000_000 ? `${(bits / 1_000_000).toFixed(1)} Mbit/s` : `${Math.round(bits / 1000)} kbit/s`;
}

export function formatDate(date: string | null | undefined): string {
  if (!date) return "";
  const parsed = new Date(date);
  if (Number.isNaN(parsed.getTime())) return "";
  return parsed.toLocaleDateString(navigator.language, {
    dateStyle: "medium",
    // A bare date is a day, not a moment: no time zone may move it.
    timeZone: date.length === 10 ? "UTC" : undefined,
  });
}

/** A day and a time of it. */
export function formatMoment(date: string): string {
  const parsed = new Date(date);
  if (Number.isNaN(parsed.getTime())) return "";
  return parsed.toLocaleString(navigator.language, { dateStyle: "medium", timeStyle: "short" });
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** `3 days ago`. */
export function formatAgo(date: string, now = Date.now()): string {
  const seconds = (new Date(date).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return "";
  const format = new Intl.RelativeTimeFormat(navigator.language, { numeric: "auto" });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return format.format(0, "minute");
}

const year = (date: string | null | undefined) => (date ? date.slice(0, 4) : "");

/** `2011`, `2011 – 2019`, `since 2011` for a serie still on air. */
export function formatYears(show: Show): string {
  if (show.kind === "movie") return year(show.airDate);
  const start = year(show.startAir);
  const end = year(show.endAir);
  if (!start || start === end) return start;
  if (end) return `${start} – ${end}`;
  return show.kind === "serie" && show.status === "airing" ? t.common.since(start) : start;
}

/** Mean of all sources on a scale of ten, or an empty string. */
export function formatRating(rating: Record<string, number>): string {
  const values = Object.values(rating).filter((value) => value > 0);
  if (!values.length) return "";
  return (values.reduce((sum, value) => sum + value, 0) / values.length / 10).toFixed(1);
}

/** A score out of 100 as one out of ten: `8`, `7.5`. */
export const formatScore = (score: number) => String(Math.round(score) / 10);

/** `S1:E2`, `SP3`, or `Film`. */
export function entryNumber(entry: Entry): string {
  if (entry.kind === "episode") return `S${entry.seasonNumber}:E${entry.episodeNumber}`;
  return entry.kind === "special" ? t.details.special(entry.number) : t.details.film;
}

/** The name of an entry, made up from its number while nobody knows better. */
export function entryName(entry: Entry): string {
  if (entry.name) return entry.name;
  if (entry.kind === "episode") return t.details.episode(entry.episodeNumber);
  return entry.kind === "special" ? t.details.specialName(entry.number) : t.details.film;
}

/** `S1:E2 – Name`; a film is its name alone. */
export function entryTitle(entry: Entry): string {
  if (entry.kind === "movie") return entry.name ?? t.details.film;
  return [entryNumber(entry), entry.name].filter(Boolean).join(" – ");
}

/** A language in the reader's own language (`Japanese`), or the code when unknown. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([navigator.language, "en"], { type: "language" }).of(code) ?? code;
  } catch {
    // Not a valid tag: files say what they like.
    return code;
  }
}

const common =
  "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt pt-BR ro ru sk sl sr sv ta th tr uk vi zh zh-TW".split(
    " ",
  );

/** Names of common languages by code, in the order of the names, for choosing one. */
export const commonLanguages = (): Record<string, string> =>
  Object.fromEntries(
    common
      .map((code) => [code, languageName(code)] as const)
      .toSorted((a, b) => a[1].localeCompare(b[1], navigator.language)),
  );

export const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

export const genreName = (genre: string) => (t.genres as Record<string, string>)[genre] ?? genre;
