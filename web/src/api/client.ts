/** The one way to the server: fetch with the session, the language, and errors as `ApiError`. No resource is named here. */

import { t } from "~/lib/strings";
import { clearSession, isLoggedIn } from "./session";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What the server adds for programs, such as which second factor it waits for. */
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }

  /** The server never answered. */
  get isOffline() {
    return this.status === 0;
  }
}

type Options = {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON; form data and files as they are. */
  body?: unknown;
  signal?: AbortSignal;
  /** Lets the request outlive the page (sent while it is being closed). */
  keepalive?: boolean;
  /** Calls that log in: a refusal there is an answer for the form, not a lost session. */
  anonymous?: boolean;
  /** Of a session that is to be kept in the cookie; all other calls have it from there. */
  token?: string;
};

export const languages = () => [...new Set([navigator.language, "en"])].join(", ").concat(", *");

function headers({ body, token }: Options): Headers {
  const result = new Headers({ "Accept-Language": languages() });
  if (token) result.set("Authorization", `Bearer ${token}`);
  // The browser writes the boundary of form data into the header itself.
  if (body instanceof Blob) result.set("Content-Type", "application/octet-stream");
  else if (body !== undefined && !(body instanceof FormData)) result.set("Content-Type", "application/json");
  return result;
}

/** Services word their errors differently: `message`, `{errors: []}` (transcoder), `{detail}` (scanner), or plain text. */
export function errorMessage(status: number, text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "string") return body;
    if (body && typeof body === "object") {
      if ("message" in body && typeof body.message === "string" && body.message) return body.message;
      if ("errors" in body && Array.isArray(body.errors)) return body.errors.join(" ");
      if ("detail" in body && typeof body.detail === "string") return body.detail;
    }
  } catch {
    // Not JSON: proxies answer with HTML pages, which nobody wants to read.
    if (text && text.length < 200 && !text.trimStart().startsWith("<")) return text;
  }
  if (status === 404) return t.common.notFound;
  if (status === 401 || status === 403) return t.common.noAccess;
  return `${t.common.failed} (${status})`;
}

/** The `details` of an error object; empty for every other answer. */
export function errorDetails(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    const details = body && typeof body === "object" && "details" in body ? body.details : null;
    return details && typeof details === "object" ? (details as Record<string, unknown>) : {};
  } catch {
    // Not JSON: no details.
    return {};
  }
}

function encode(body: unknown): BodyInit | undefined {
  if (body === undefined || body instanceof FormData || body instanceof Blob) return body;
  return JSON.stringify(body);
}

async function send(url: string, options: Options): Promise<Response> {
  try {
    return await fetch(url, {
      method: options.method ?? "GET",
      headers: headers(options),
      body: encode(options.body),
      signal: options.signal,
      keepalive: options.keepalive,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, t.common.offline);
  }
}

let sessionCheck: Promise<boolean> | null = null;

/** A refusal means either a dead session or a missing permission; asking who we are tells them apart. */
function sessionIsAlive(): Promise<boolean> {
  if (!isLoggedIn()) return Promise.resolve(false);
  sessionCheck ??= send("/auth/users/me", {})
    .then((response) => response.status !== 401 && response.status !== 403)
    .catch(() => true)
    .finally(() => {
      sessionCheck = null;
    });
  return sessionCheck;
}

/** Has the browser forget a session that is over: with its cookie, nobody is a guest. */
export async function forgetCookie() {
  clearSession();
  await send("/auth/sessions/cookie", { method: "DELETE" }).catch(() => null);
}

/** Where the reader was when the session ended. Without one a page may lead elsewhere, and its requests be refused, too. */
let left: string | null = null;
/** Whether the reader ends the session themselves. What is refused meanwhile need not lead them back to where they were. */
let ending = false;
globalThis.addEventListener?.("pageshow", () => {
  left = null;
  ending = false;
});

export function readerEndsSession(does: boolean) {
  ending = does;
}

async function goToLogin() {
  if (ending) return;
  const here = location.pathname + location.search;
  if (/^\/(login|register|reset|oidc-callback|rooms\/)/.test(here)) {
    await forgetCookie();
    return;
  }
  left ??= here;
  await forgetCookie();
  if (!ending) location.assign(`/login?next=${encodeURIComponent(left)}`);
}

/** Whoever is refused because their session has ended comes to the login page. */
export async function onRefusal(status: number): Promise<void> {
  if ((status === 401 || status === 403) && !(await sessionIsAlive())) await goToLogin();
}

async function request(url: string, options: Options): Promise<Response> {
  const response = await send(url, options);
  if (response.ok) return response;
  if (!options.anonymous) await onRefusal(response.status);
  const text = await response.text();
  throw new ApiError(response.status, errorMessage(response.status, text), errorDetails(text));
}

/** JSON of `url`; null for 204 and for empty bodies. */
export async function api<T>(url: string, options: Options = {}): Promise<T> {
  const response = await request(url, options);
  const text = response.status === 204 ? "" : await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

/** The body as text, with the address it came from after redirects. */
export async function apiText(url: string, options: Options = {}): Promise<{ text: string; url: string }> {
  const response = await request(url, options);
  return { text: await response.text(), url: response.url };
}
