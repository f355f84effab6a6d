/** The ways in: password and second factor, passkey, invitation, another provider; and the way out. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { presentPasskey, type RequestOptions } from "~/lib/webauthn";
import { ApiError, api, forgetCookie, readerEndsSession } from "./client";
import { live } from "./live";
import type { Challenge, DeviceCode, SecondFactor, Session, User } from "./models/accounts";
import { isTransient, queryClient } from "./queries";
import { isLoggedIn, setSession } from "./session";
import type { Login, Registration } from "./wire/auth";

export type NewAccount = Registration;

async function openSession(path: string, body: unknown) {
  const { token } = await api<{ token: string }>(path, { method: "POST", body, anonymous: true });
  await enter(token);
  queryClient.clear();
}

/** The new session takes the place of the one that this browser had. */
async function enter(token: string) {
  if (isLoggedIn())
    await api("/auth/sessions/current", { method: "DELETE", anonymous: true }).catch(() => null);
  setSession(await keepInCookie(token));
}

/** Puts a session where no script can read it; gives its id. */
export async function keepInCookie(token: string): Promise<string> {
  const { id } = await api<Session>("/auth/sessions/cookie", { method: "POST", token, anonymous: true });
  return id;
}

/** The challenge in a refused log-in, when all that is missing is the second factor. */
export function challengeOf(error: unknown): Challenge | null {
  if (!(error instanceof ApiError)) return null;
  const { challenge, secondFactor } = error.details;
  if (typeof challenge !== "string" || !Array.isArray(secondFactor)) return null;
  return { challenge, factors: secondFactor as SecondFactor[] };
}

/** Null once logged in; else the second factor is asked for. */
export const useLogin = () =>
  useMutation({
    mutationFn: async (body: Login): Promise<Challenge | null> => {
      try {
        await openSession("/auth/sessions", body);
        return null;
      } catch (error) {
        const challenge = challengeOf(error);
        if (challenge) return challenge;
        throw error;
      }
    },
    meta: { shownInPlace: true },
  });

/** `code` is of the authenticator app, or a recovery code. */
export const useSecondFactorCode = () =>
  useMutation({
    mutationFn: (body: { challenge: string; code: string }) =>
      openSession("/auth/sessions/second-factor", body),
    meta: { shownInPlace: true },
  });

export const useSecondFactorPasskey = () =>
  useMutation({
    mutationFn: async (challenge: string) => {
      const { publicKey } = await api<{ publicKey: RequestOptions }>("/auth/sessions/second-factor/options", {
        method: "POST",
        body: { challenge },
        anonymous: true,
      });
      const credential = await presentPasskey(publicKey);
      await openSession("/auth/sessions/second-factor", { challenge, credential });
    },
    meta: { shownInPlace: true },
  });

/** Without a password: the passkey says who it belongs to. */
export const usePasskeyLogin = () =>
  useMutation({
    mutationFn: async () => {
      const { challenge, publicKey } = await api<{ challenge: string; publicKey: RequestOptions }>(
        "/auth/passkeys/options",
        { method: "POST", anonymous: true },
      );
      const credential = await presentPasskey(publicKey);
      await openSession("/auth/passkeys/sessions", { challenge, credential });
    },
    meta: { shownInPlace: true },
  });

/** A code that this device shows until somebody lets it in elsewhere (RFC 8628). */
export const deviceCode = queryOptions({
  queryKey: ["device-code"],
  queryFn: () => api<DeviceCode>("/auth/device", { method: "POST", anonymous: true }),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
});

/** Asks again and again until the device is let in (true) or not (an error). Until then: the seconds to wait. */
export function deviceToken(code: DeviceCode | undefined) {
  const queryKey = ["device-token", code?.deviceCode];
  return queryOptions({
    queryKey,
    queryFn: async (): Promise<true | number> => {
      const pause = queryClient.getQueryData<number>(queryKey) ?? code?.interval ?? 5;
      try {
        const session = await api<{ token: string }>("/auth/device/token", {
          method: "POST",
          body: { deviceCode: code?.deviceCode },
          anonymous: true,
        });
        await enter(session.token);
        return true;
      } catch (error) {
        const state = error instanceof ApiError ? error.details.error : null;
        if (state === "authorization_pending") return pause;
        // RFC 8628 §3.5: five seconds more, from now on.
        if (state === "slow_down") return pause + 5;
        throw error;
      }
    },
    refetchInterval: ({ state: { data, error } }) => !error && typeof data === "number" && data * 1000 + 250,
    refetchIntervalInBackground: true,
    // The pauses are part of the protocol.
    refetchOnWindowFocus: false,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
}

export const useRegister = (invitation?: string) =>
  useMutation({
    mutationFn: (body: NewAccount) => openSession(`/auth/users${queryString({ invitation })}`, body),
    meta: { shownInPlace: true },
  });

/** Whether an invitation can still be used; 404 when not. */
export const invitationCheck = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: () =>
      api<{ expireAt: string; note: string | null }>(`/auth/invitations/check${queryString({ token })}`, {
        anonymous: true,
      }),
    retry: false,
  });

export const useRequestReset = () =>
  useMutation({
    mutationFn: (login: string) =>
      api("/auth/password-resets", { method: "POST", body: { login }, anonymous: true }),
    meta: { shownInPlace: true },
  });

export const useResetPassword = (token: string) =>
  useMutation({
    mutationFn: (password: string) =>
      api(`/auth/password-resets/${encodeURIComponent(token)}`, {
        method: "POST",
        body: { password },
        anonymous: true,
      }),
    meta: { shownInPlace: true },
  });

type ProviderOptions = { link?: boolean; tenant?: string };

/** The address that starts a log-in at another provider; with `link`, the account there is added to the reader's own. */
export function providerLink(provider: string, { link, tenant }: ProviderOptions = {}): string {
  const kept = queryString({ apiUrl: location.origin, link: link ? "true" : null, tenant });
  const redirectUrl = `${location.origin}/oidc-callback${kept}`;
  return `/auth/oidc/login/${encodeURIComponent(provider)}${queryString({ redirectUrl, tenant })}`;
}

/** The same at another server like this one. Its address may be typed without https, or copied from any of its pages. */
export function otherServerLink(typed: string, link: boolean): string {
  const text = typed.trim();
  let tenant = text;
  try {
    tenant = new URL(/^https?:\/\//i.test(text) ? text : `https://${text}`).origin;
  } catch {
    // The server says what is wrong with it.
  }
  return providerLink("federation", { link, tenant });
}

/**
 * Trades the one-time token a provider sent the reader back with: for a session, or for a link to their account. Null
 * once that is done; else the second factor is asked for.
 */
export async function finishProviderLogin(
  provider: string,
  token: string,
  { link, tenant }: ProviderOptions,
): Promise<Challenge | null> {
  const url = `/auth/oidc/callback/${encodeURIComponent(provider)}${queryString({ token, tenant })}`;
  if (link) {
    await api<User>(url, { method: "POST" });
    return null;
  }
  try {
    const session = await api<{ token: string }>(url, { anonymous: true });
    await enter(session.token);
    return null;
  } catch (error) {
    const challenge = challengeOf(error);
    if (challenge) return challenge;
    throw error;
  }
}

export async function logOut() {
  try {
    await endSession(async () => {
      try {
        await api("/auth/sessions/current", { method: "DELETE", anonymous: true });
      } catch (error) {
        // Only the server can clear the cookie. That the session is over already is as good.
        if (isTransient(error)) throw error;
      }
    });
  } catch {
    showToast(t.settings.stillLoggedIn, "error");
  }
}

/** Back to the log-in page once `end` is done, with nothing of the old account left. */
export async function endSession(end: () => Promise<unknown>) {
  // Who ends the session need not be told that it has ended.
  live.stop();
  readerEndsSession(true);
  try {
    await end();
  } catch (error) {
    readerEndsSession(false);
    live.start();
    throw error;
  }
  await forgetCookie();
  queryClient.clear();
  location.assign("/login");
}
