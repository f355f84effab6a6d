/** The JSON objects of the auth service beyond users and sessions, as types. No behaviour. */
import type { Limits } from "./models";
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
