/** How the reader's own account is protected and reached: authenticator app, passkeys, app passwords, other providers, devices. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { type CreationOptions, createPasskey } from "~/lib/webauthn";
import { api } from "./client";
import type { AppPassword, DeviceRequest, Passkey, TotpSetup } from "./models/accounts";
import { queryClient } from "./queries";
import { refreshMe } from "./users";

function refreshProtection() {
  // Out of reach until the second factor that the server may demand is there.
  void queryClient.invalidateQueries({ queryKey: ["app-passwords"] });
  return refreshMe();
}

export const useStartTotp = () =>
  useMutation({ mutationFn: () => api<TotpSetup>("/auth/users/me/totp", { method: "POST" }) });

export const useConfirmTotp = () =>
  useMutation({
    mutationFn: (code: string) =>
      api<{ recoveryCodes: string[] }>("/auth/users/me/totp/confirm", { method: "POST", body: { code } }),
    onSuccess: refreshProtection,
    meta: { shownInPlace: true },
  });

export const useRemoveTotp = () =>
  useMutation({
    mutationFn: (code: string) => api("/auth/users/me/totp", { method: "DELETE", body: { code } }),
    onSuccess: refreshProtection,
    meta: { shownInPlace: true },
  });

/** New codes; the old ones are worthless then. `code` is needed while the authenticator app is on. */
export const useRenewRecoveryCodes = () =>
  useMutation({
    mutationFn: (code: string | null) =>
      api<{ recoveryCodes: string[] }>("/auth/users/me/recovery-codes", { method: "POST", body: { code } }),
    onSuccess: refreshProtection,
    meta: { shownInPlace: true },
  });

export const passkeys = queryOptions({
  queryKey: ["passkeys"],
  queryFn: ({ signal }) => api<Passkey[]>("/auth/users/me/passkeys", { signal }),
  retry: false,
});

const refreshPasskeys = () => {
  void refreshProtection();
  return queryClient.invalidateQueries({ queryKey: ["passkeys"] });
};

/** The first second factor of an account brings recovery codes with it. */
export const useAddPasskey = () =>
  useMutation({
    mutationFn: async (name: string) => {
      const options = await api<CreationOptions>("/auth/users/me/passkeys/options", { method: "POST" });
      const credential = await createPasskey(options);
      return api<Passkey & { recoveryCodes: string[] | null }>("/auth/users/me/passkeys", {
        method: "POST",
        body: { name, credential },
      });
    },
    onSuccess: refreshPasskeys,
    meta: { shownInPlace: true },
  });

export const useRemovePasskey = () =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/users/me/passkeys/${id}`, { method: "DELETE" }),
    onSuccess: refreshPasskeys,
  });

export const appPasswords = queryOptions({
  queryKey: ["app-passwords"],
  queryFn: ({ signal }) => api<AppPassword[]>("/auth/users/me/app-passwords", { signal }),
  retry: false,
});

const refreshAppPasswords = () => queryClient.invalidateQueries({ queryKey: ["app-passwords"] });

export const useAddAppPassword = () =>
  useMutation({
    mutationFn: (name: string) =>
      api<AppPassword & { password: string }>("/auth/users/me/app-passwords", {
        method: "POST",
        body: { name },
      }),
    onSuccess: refreshAppPasswords,
    meta: { shownInPlace: true },
  });

export const useRemoveAppPassword = () =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/users/me/app-passwords/${id}`, { method: "DELETE" }),
    onSuccess: refreshAppPasswords,
  });

export const useUnlink = () =>
  useMutation({
    mutationFn: (provider: string) =>
      api(`/auth/oidc/login/${encodeURIComponent(provider)}`, { method: "DELETE" }),
    onSuccess: refreshProtection,
  });

/** The device behind the code that it shows; 404 when there is none (any more). */
export const deviceRequest = (code: string) =>
  queryOptions({
    queryKey: ["device", code],
    queryFn: ({ signal }) => api<DeviceRequest>(`/auth/device/${encodeURIComponent(code)}`, { signal }),
    retry: false,
    staleTime: 0,
  });

export const useAnswerDevice = (code: string) =>
  useMutation({
    mutationFn: (approve: boolean) =>
      api(`/auth/device/${encodeURIComponent(code)}`, { method: "POST", body: { approve } }),
    meta: { shownInPlace: true },
  });
