/** Accounts as JSON objects: users, sessions, ways to log in, invitations, keys, the audit log. No behaviour. */
import type { ChapterType } from "./files";

export type ServerInfo = {
  publicUrl: string;
  allowRegister: boolean;
  oidc: Record<string, { name: string; logo?: string | null }>;
  /** True while the server has no account yet. */
  setup?: boolean;
  /** Missing on servers that have none of these. */
  features?: {
    mail: boolean;
    passkeys: boolean;
    secondFactorRequired: boolean;
    federation?: boolean;
    passwordLength?: number;
  };
};

export type User = {
  id: string;
  username: string;
  email: string;
  hasPassword: boolean;
  /** The path of the picture; null without one; missing on servers that do not tell. */
  logo?: string | null;
  /** False when it comes from elsewhere, and cannot be removed here; missing on servers that do not tell. */
  hasPicture?: boolean;
  createdDate: string;
  lastSeen: string;
  claims: Partial<Limits & PlayLimits> & {
    verified?: boolean;
    permissions?: string[];
    settings?: UserSettings;
    [key: string]: unknown;
  };
  /** Accounts at other providers that can log in as this user. */
  oidc?: Record<string, { id: string; username: string; profileUrl: string | null }>;
  /** Of one's own account only. `required`: this server asks every account for one. */
  secondFactors?: { totp: boolean; passkeys: number; recoveryCodes: number; required: boolean };
  disabled?: boolean;
};

/** What a user may see; null: no limit. */
export type Limits = { libraries: string[] | null; maxAge: number | null };

/** What a user may play: streams at once, lines, bits a second; null: no limit. */
export type PlayLimits = {
  maxStreams: number | null;
  maxHeight: number | null;
  maxBitrate: number | null;
  maxLocalBitrate: number | null;
  noTranscoding: boolean | null;
};

export type ChapterSkip = "autoSkip" | "autoSkipExceptFirstAppearance" | "showSkipButton" | "disabled";

export type UserSettings = {
  audioLanguage?: string;
  subtitleLanguage?: string | null;
  chapterSkip?: Partial<Record<Exclude<ChapterType, "content">, ChapterSkip>>;
  [key: string]: unknown;
};

export type Session = {
  id: string;
  createdDate: string;
  lastUsed: string;
  device: string | null;
  /** In the list of one's own sessions only. */
  current?: boolean;
};

export type SecondFactor = "totp" | "passkey";

/** A log-in that waits for its second factor. */
export type Challenge = { challenge: string; factors: SecondFactor[] };

export type TotpSetup = {
  secret: string;
  uri: string;
  /** An SVG document. */
  qr: string;
};

export type Passkey = { id: string; name: string; createdDate: string; lastUsed: string | null };

export type AppPassword = {
  id: string;
  name: string;
  createdDate: string;
  lastUsed: string | null;
};

/** Keys of the configuration have the zero date as both dates. */
export type ApiKey = {
  id: string;
  name: string;
  createAt: string;
  lastUsed: string;
  claims: { permissions?: string[]; [key: string]: unknown };
};

export type Invitation = {
  id: string;
  expireAt: string;
  note: string | null;
  claims: Partial<Limits> & { permissions?: string[]; verified?: boolean; [key: string]: unknown };
};

/** What a device shows to be let in: the code, or the picture. */
export type DeviceCode = {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  /** An SVG document. */
  qr: string;
  /** Seconds between two questions for the token. */
  interval: number;
};

/** A device that asks to be let in. */
export type DeviceRequest = { device: string | null; address: string | null; createdDate: string };

export type AuditEntry = {
  id: string;
  date: string;
  action: string;
  actor: { id: string; username: string } | null;
  target: { kind: string; id: string; name: string | null } | null;
  address: string | null;
  device: string | null;
  details: Record<string, unknown> | null;
};
