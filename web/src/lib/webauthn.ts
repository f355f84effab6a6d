/** Passkeys between the server's JSON (WebAuthn Level 3, §5.1.8–9) and the browser's binary objects. No request is sent here. */
import { t } from "~/lib/strings";

type Json = Record<string, unknown>;
type Descriptor = { id: string; type: string; transports?: string[] };

/** What `navigator.credentials.create` needs, as the server writes it. */
export type CreationOptions = Json & {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: Descriptor[];
};

/** What `navigator.credentials.get` needs, as the server writes it. */
export type RequestOptions = Json & { challenge: string; allowCredentials?: Descriptor[] };

/** A credential of the browser as the server reads it. */
export type CredentialJson = {
  id: string;
  rawId: string;
  type: string;
  authenticatorAttachment: string | null;
  clientExtensionResults: unknown;
  response: Record<string, unknown>;
};

export const passkeysSupported = () => window.isSecureContext && "PublicKeyCredential" in window;

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function toBase64Url(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const binaryIds = (list: Descriptor[] | undefined) =>
  list?.map((item) => ({ ...item, id: fromBase64Url(item.id) })) ?? [];

export const parseCreation = (options: CreationOptions) =>
  ({
    ...options,
    challenge: fromBase64Url(options.challenge),
    user: { ...options.user, id: fromBase64Url(options.user.id) },
    excludeCredentials: binaryIds(options.excludeCredentials),
  }) as unknown as PublicKeyCredentialCreationOptions;

export const parseRequest = (options: RequestOptions) =>
  ({
    ...options,
    challenge: fromBase64Url(options.challenge),
    allowCredentials: binaryIds(options.allowCredentials),
  }) as unknown as PublicKeyCredentialRequestOptions;

function toJson(credential: PublicKeyCredential, response: CredentialJson["response"]): CredentialJson {
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

/** Browsers word the failures for developers; only two of them matter to a person. */
async function asked(ceremony: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    return (await ceremony) as PublicKeyCredential;
  } catch (error) {
    const known = error instanceof DOMException && error.name === "InvalidStateError";
    throw new Error(known ? t.security.passkeyKnown : t.security.passkeyAborted, { cause: error });
  }
}

/** Makes a passkey on this device. Rejects when the person changes their mind. */
export async function createPasskey(options: CreationOptions): Promise<CredentialJson> {
  const credential = await asked(navigator.credentials.create({ publicKey: parseCreation(options) }));
  const response = credential.response as AuthenticatorAttestationResponse;
  return toJson(credential, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    attestationObject: toBase64Url(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

/** Proves possession of a passkey. Rejects when the person changes their mind. */
export async function presentPasskey(options: RequestOptions): Promise<CredentialJson> {
  const credential = await asked(navigator.credentials.get({ publicKey: parseRequest(options) }));
  const response = credential.response as AuthenticatorAssertionResponse;
  return toJson(credential, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    authenticatorData: toBase64Url(response.authenticatorData),
    signature: toBase64Url(response.signature),
    userHandle: response.userHandle && toBase64Url(response.userHandle),
  });
}
