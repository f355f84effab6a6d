/** Choices kept on this device: how videos start, volume, speed, and the last chosen languages. */
import type { Traits } from "./versions";

export type PlayMode = "auto" | "original";

type Preferences = {
  playMode: PlayMode;
  /** 0–1. */
  volume: number;
  muted: boolean;
  speed: number;
  audioLanguage: string | null;
  /** A language, `none`, or null when never chosen. */
  subtitleLanguage: string | null;
  /** Bits per second that the connection carried, and when (milliseconds): the next video starts at a fitting quality. */
  connection: { rate: number; at: number } | null;
  /** What the version was like that was chosen last for a title, newest last. */
  versions: [title: string, traits: Traits][];
};

const defaults: Preferences = {
  playMode: "auto",
  volume: 1,
  muted: false,
  speed: 1,
  audioLanguage: null,
  subtitleLanguage: null,
  connection: null,
  versions: [],
};

const key = "preferences";

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Preferences>;
  } catch {
    // Damaged by hand: start again from the defaults.
    return {};
  }
}

export const getPreferences = (): Preferences => ({ ...defaults, ...read() });

export const setPreferences = (changes: Partial<Preferences>) =>
  localStorage.setItem(key, JSON.stringify({ ...read(), ...changes }));

/** Titles whose version is remembered. */
const mostVersions = 200;

export const rememberedVersion = (title: string): Traits | null =>
  getPreferences().versions.find(([known]) => known === title)?.[1] ?? null;

export function rememberVersion(title: string, traits: Traits) {
  const others = getPreferences().versions.filter(([known]) => known !== title);
  setPreferences({ versions: [...others, [title, traits] as [string, Traits]].slice(-mostVersions) });
}
