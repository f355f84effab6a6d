/** Choices kept on this device: how videos start, volume, speed, and the last chosen languages. */
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
};

const defaults: Preferences = {
  playMode: "auto",
  volume: 1,
  muted: false,
  speed: 1,
  audioLanguage: null,
  subtitleLanguage: null,
  connection: null,
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
