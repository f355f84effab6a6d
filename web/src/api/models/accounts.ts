/** Accounts as JSON objects: users, sessions, ways to log in, invitations, keys, the audit log. No behaviour. */
import type * as wire from "../wire/auth";
import type { ChapterType } from "../wire/video";
import type { Lacking } from "./lacking";

export type {
  AppPassword,
  Passkey,
  TotpSecret as TotpSetup,
  WaitingDevice as DeviceRequest,
} from "../wire/auth";

export type ServerInfo = Omit<Lacking<wire.ServerInfo, "setup">, "features" | "oidc"> & {
  oidc: Record<string, { name: string; logo?: string | null }>;
  features?: Lacking<wire.Features, "federation" | "passwordLength">;
};

/** What accounts, keys and invitations allow, and whatever else was laid down there. */
type Claims<Known> = Partial<Known> & Record<string, unknown>;
type Granted = { verified: boolean; permissions: string[] };

/** `secondFactors`: of one's own account only. */
export type User = Omit<Lacking<wire.Me, "logo" | "hasPicture" | "secondFactors">, "claims"> & {
  claims: Claims<Granted & Limits & PlayLimits & { settings: UserSettings }>;
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

/** What this client keeps with the account: the server does not look at it. */
export type UserSettings = {
  audioLanguage?: string;
  subtitleLanguage?: string | null;
  chapterSkip?: Partial<Record<Exclude<ChapterType, "content">, ChapterSkip>>;
  [key: string]: unknown;
};

/** `current`: in the list of one's own sessions only. */
export type Session = Omit<Lacking<wire.SessionWCurrent, "current">, "device"> & { device: string | null };

export type SecondFactor = "totp" | "passkey";

/** A log-in that waits for its second factor. */
export type Challenge = { challenge: string; factors: SecondFactor[] };

/** Keys of the configuration have the zero date as both dates. */
export type ApiKey = Omit<wire.ApiKey, "claims"> & { claims: Claims<Granted> };

export type Invitation = Omit<wire.Invitation, "url" | "createdDate" | "claims"> & {
  claims: Claims<Granted & Limits>;
};

/** What a device shows to be let in: the code, or the picture. */
export type DeviceCode = Omit<wire.DeviceAuthorization, "verificationUriComplete" | "expiresIn">;

export type AuditEntry = Omit<wire.AuditEntry, "details"> & {
  details: wire.AuditEntry["details"] | null;
};
