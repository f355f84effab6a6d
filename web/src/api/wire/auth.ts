/** What /auth takes and gives. Made by `make types`. */

/**
 * `disabled`: the user cannot log in, and the sessions end.
 */
export interface AdminUserPatch {
  username?: string | null;
  email?: string | null;
  claims?: {
    [k: string]: unknown;
  } | null;
  disabled?: boolean | null;
}
/**
 * Keys given by the configuration have the zero date 0001-01-01T00:00:00Z as both dates.
 */
export interface ApiKey {
  id: string;
  name: string;
  createAt: string;
  lastUsed: string;
  claims: {
    [k: string]: unknown;
  };
}
/**
 * The only answer that holds the key; it is stored as a hash.
 */
export interface ApiKeyWToken {
  id: string;
  name: string;
  createAt: string;
  lastUsed: string;
  claims: {
    [k: string]: unknown;
  };
  token: string;
}
/**
 * `lastUsed` is null until somebody logs in with it.
 */
export interface AppPassword {
  id: string;
  name: string;
  createdDate: string;
  lastUsed: string | null;
}
/**
 * The only answer that holds the password; it is stored as a hash.
 */
export interface AppPasswordWSecret {
  id: string;
  name: string;
  createdDate: string;
  lastUsed: string | null;
  password: string;
}
/**
 * A user or an API key.
 */
export interface AuditActor {
  id: string;
  username: string;
}
/**
 * `actor` is null for what happened before anybody was logged in; `device` is made for people.
 */
export interface AuditEntry {
  id: string;
  date: string;
  action: string;
  actor: AuditActor | null;
  target: AuditTarget | null;
  address: string | null;
  device: string | null;
  details: {
    [k: string]: unknown;
  };
}
/**
 * `kind`: user, session, api_key, app_password, passkey, invitation, device or provider.
 */
export interface AuditTarget {
  kind: string;
  id: string | null;
  name: string | null;
}
/**
 * A TOTP code (six digits) or a recovery code; blanks, dashes and case do not matter.
 */
export interface Code {
  code: string;
}
/**
 * The form of the page. Without `login` and `password`, or `challenge` and `code` (the second step of a login), it
 * is the user whom this browser is logged in as.
 */
export interface Consent {
  client_id: string;
  redirect_uri: string;
  response_type?: string;
  scope?: string;
  state?: string;
  nonce?: string;
  code_challenge?: string;
  code_challenge_method?: string;
  allow?: boolean;
  login?: string;
  password?: string;
  challenge?: string;
  code?: string;
}
/**
 * `number` grows; pass the last one seen as `after`.
 */
export interface Deletion {
  number: number;
  id: string;
  date: string;
}
/**
 * `deviceCode` stays in the device, which asks for its token every `interval` seconds; it shows `userCode`, or
 * `qr`: an SVG element that shows `verificationUriComplete`. Everything ends after `expiresIn` seconds.
 */
export interface DeviceAuthorization {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  verificationUriComplete: string;
  qr: string;
  expiresIn: number;
  interval: number;
}
export interface DeviceDecision {
  approve: boolean;
}
export interface DeviceTokenRequest {
  deviceCode: string;
}
/**
 * `apiKeys` and `invitations` are those the user made; `audit` what was done by or to the user. `elsewhere`: where
 * to get what other services hold, with the same credential.
 */
export interface Export {
  exportedDate: string;
  user: User;
  sessions: Session[];
  apiKeys: ApiKey[];
  appPasswords: AppPassword[];
  passkeys: Passkey[];
  invitations: Invitation[];
  audit: AuditEntry[];
  elsewhere: {
    [k: string]: string;
  };
}
/**
 * `oidc` is keyed by provider and always an object. `logo` is the path of the picture, and changes with it; null:
 * there is none. `has_picture`: it was uploaded, and can be removed.
 */
export interface User {
  id: string;
  username: string;
  email: string;
  hasPassword: boolean;
  logo: string | null;
  hasPicture: boolean;
  createdDate: string;
  lastSeen: string;
  claims: {
    [k: string]: unknown;
  };
  disabled?: boolean;
  oidc?: {
    [k: string]: OidcLink;
  };
}
/**
 * An account at an OIDC provider that can log in as this user.
 */
export interface OidcLink {
  id: string;
  username: string;
  profileUrl: string | null;
}
/**
 * `device` is made for people: `Firefox - PC - Linux`, or the label that the client gave; never null.
 */
export interface Session {
  id: string;
  createdDate: string;
  lastUsed: string;
  device: string;
}
/**
 * `lastUsed` is null until somebody logs in with it.
 */
export interface Passkey {
  id: string;
  name: string;
  createdDate: string;
  lastUsed: string | null;
}
/**
 * `url` is shown at creation only, as the link is stored hashed; null later.
 */
export interface Invitation {
  id: string;
  url?: string | null;
  createdDate: string;
  expireAt: string;
  claims: {
    [k: string]: unknown;
  };
  note: string | null;
}
/**
 * `mail`: forgotten passwords can be reset by mail. `passkeys`: browsers offer them at this address.
 * `secondFactorRequired`: everybody has to set one up. `federation`: users of any other instance can log in, whose
 * address is the `tenant` of a login at the provider `federation`. `passwordLength`: new passwords have at least so
 * many characters; when it is more than one, they cannot be common ones either.
 */
export interface Features {
  mail: boolean;
  passkeys: boolean;
  secondFactorRequired: boolean;
  federation: boolean;
  passwordLength: number;
}
export interface InvitationCheck {
  expireAt: string;
  note: string | null;
}
/**
 * A JSON Web Key Set (RFC 7517).
 */
export interface Jwks {
  keys: {
    [k: string]: unknown;
  }[];
}
/**
 * `login` is a username or an e-mail address.
 */
export interface Login {
  login: string;
  password: string;
}
/**
 * What users can read of themselves only.
 */
export interface Me {
  id: string;
  username: string;
  email: string;
  hasPassword: boolean;
  logo: string | null;
  hasPicture: boolean;
  createdDate: string;
  lastSeen: string;
  claims: {
    [k: string]: unknown;
  };
  disabled?: boolean;
  oidc?: {
    [k: string]: OidcLink;
  };
  secondFactors: SecondFactorState;
}
/**
 * `required`: the server demands one of everybody. `recoveryCodes`: how many are left.
 */
export interface SecondFactorState {
  totp: boolean;
  passkeys: number;
  recoveryCodes: number;
  required: boolean;
}
export interface NewApiKey {
  name: string;
  claims: {
    [k: string]: unknown;
  };
}
export interface NewAppPassword {
  name: string;
}
/**
 * `claims` are laid over those of every new user. `expiresIn` is in seconds: a minute to ninety days, a week unless
 * given. The note is for people: the guest sees it, too.
 */
export interface NewInvitation {
  claims?: {
    [k: string]: unknown;
  };
  expiresIn?: number;
  note?: string | null;
}
export interface NewPasskey {
  name: string;
  credential: {
    [k: string]: unknown;
  };
}
export interface NewPassword {
  password: string;
}
export interface OidcProvider {
  name: string;
  logo?: string;
}
/**
 * A discovery document (OpenID Connect Discovery §3); only the keys while federation is off.
 */
export interface OpenIdConfiguration {
  jwks_uri: string;
  issuer?: string | null;
  authorization_endpoint?: string | null;
  token_endpoint?: string | null;
  userinfo_endpoint?: string | null;
  scopes_supported?: string[] | null;
  response_types_supported?: string[] | null;
  grant_types_supported?: string[] | null;
  subject_types_supported?: string[] | null;
  id_token_signing_alg_values_supported?: string[] | null;
  token_endpoint_auth_methods_supported?: string[] | null;
  code_challenge_methods_supported?: string[] | null;
  authorization_response_iss_parameter_supported?: boolean | null;
}
/**
 * `recoveryCodes`: with the first second factor of a user come the codes for its loss, shown this once; else
 * null.
 */
export interface PasskeyAdded {
  id: string;
  name: string;
  createdDate: string;
  lastUsed: string | null;
  recoveryCodes: string[] | null;
}
export interface PasskeyLogin {
  challenge: string;
  credential: {
    [k: string]: unknown;
  };
}
/**
 * `publicKey` is for `navigator.credentials.get`.
 */
export interface PasskeyLoginOptions {
  challenge: string;
  publicKey: {
    [k: string]: unknown;
  };
}
/**
 * `oldPassword` is needed by accounts that have a password.
 */
export interface PasswordChange {
  oldPassword?: string | null;
  newPassword: string;
}
/**
 * `mailed`: the user also gets a link by mail.
 */
export interface PasswordResetLink {
  url: string;
  expireAt: string;
  mailed: boolean;
}
/**
 * `login` is a username or an e-mail address.
 */
export interface PasswordResetRequest {
  login: string;
}
export interface Presign {
  [k: string]: unknown;
}
/**
 * `duration` is a Go duration (`90s`, `24h`, `1h30m`), above zero and at most seven days.
 */
export interface PresignRequest {
  /**
   * @minItems 1
   * @maxItems 256
   */
  for: RuleInput[];
  duration: string;
  claims?: {
    [k: string]: unknown;
  } | null;
}
/**
 * One allowed (verb, path): a path equal to `url`, or starting with `prefix`, which wins when both are given.
 */
export interface RuleInput {
  verb: string;
  url?: string | null;
  prefix?: string | null;
}
/**
 * A user as other instances see one. What the scope does not ask for is left out.
 */
export interface Profile {
  sub: string;
  preferred_username?: string | null;
  picture?: string | null;
  email?: string | null;
}
/**
 * `code` is needed by users with TOTP.
 */
export interface RecoveryCodeRequest {
  code?: string | null;
}
/**
 * Each works once in place of a second factor. They are shown this once, and stored as hashes.
 */
export interface RecoveryCodes {
  recoveryCodes: string[];
}
export interface Registration {
  username: string;
  email: string;
  password: string;
}
export interface RuleOutput {
  [k: string]: unknown;
}
/**
 * `challenge` is the one that the login gave. Either a TOTP or recovery code, or the assertion of a passkey.
 */
export interface SecondFactorAnswer {
  challenge: string;
  code?: string | null;
  credential?: {
    [k: string]: unknown;
  } | null;
}
export interface SecondFactorChallenge {
  challenge: string;
}
/**
 * `publicKey` is for `navigator.credentials.get`.
 */
export interface SecondFactorOptions {
  publicKey: {
    [k: string]: unknown;
  };
}
/**
 * `setup` is true while no user exists: the next one to register becomes the administrator.
 */
export interface ServerInfo {
  publicUrl: string;
  allowRegister: boolean;
  oidc: {
    [k: string]: OidcProvider;
  };
  setup: boolean;
  features: Features;
}
/**
 * `current`: the session that made the request.
 */
export interface SessionWCurrent {
  id: string;
  createdDate: string;
  lastUsed: string;
  device: string;
  current: boolean;
}
/**
 * The only answer that holds the token; it is stored as a hash.
 */
export interface SessionWToken {
  id: string;
  createdDate: string;
  lastUsed: string;
  device: string;
  token: string;
}
export interface Token {
  token: string;
}
/**
 * OAuth's error word beside our own error object.
 */
export interface TokenError {
  status: number;
  message: string;
  details?: unknown;
  error: string;
}
export interface TokenRequest {
  grant_type?: string;
  code?: string;
  redirect_uri?: string;
  client_id?: string;
  code_verifier?: string;
}
/**
 * `access_token` opens the profile, and nothing else.
 */
export interface Tokens {
  access_token: string;
  token_type?: string;
  expires_in: number;
  id_token: string;
}
/**
 * `secret` is base32, for typing; `uri` is the `otpauth:` URI; `qr` is an SVG element that shows the URI.
 */
export interface TotpSecret {
  secret: string;
  uri: string;
  qr: string;
}
/**
 * What is absent stays. `claims` is merged at top level over the stored claims.
 */
export interface UserPatch {
  username?: string | null;
  email?: string | null;
  claims?: {
    [k: string]: unknown;
  } | null;
}
/**
 * What a user is shown before confirming: the device as it calls itself, and where it is.
 */
export interface WaitingDevice {
  device: string | null;
  address: string | null;
  createdDate: string;
}
