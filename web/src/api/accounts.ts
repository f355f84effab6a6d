/** Accounts as administrators see them: users, their sessions, invitations, API keys, and the audit log. */
import { infiniteQueryOptions, queryOptions, useMutation } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { api } from "./client";
import type { ApiKey, AuditEntry, Invitation, Limits, PlayLimits, Session, User } from "./models/accounts";
import { type Page, pages, queryClient } from "./queries";
import { recentFirst, refreshMe, waits } from "./users";

export const users = pages<User>(["users"], "/auth/users");

/** Those who wait to be let in; on servers that do not tell them apart, the first users. */
export const waitingUsers = queryOptions({
  queryKey: ["users", "waiting"],
  queryFn: async ({ signal }) => {
    const { items } = await api<Page<User>>("/auth/users?verified=false", { signal });
    return items.filter((user) => waits(user) && !user.disabled);
  },
});

export const user = (id: string) =>
  queryOptions({
    queryKey: ["users", "one", id],
    queryFn: ({ signal }) => api<User>(`/auth/users/${id}`, { signal }),
  });

/** The account may be the reader's own. */
const refreshUsers = () => {
  void refreshMe();
  return queryClient.invalidateQueries({ queryKey: ["users"] });
};

export type UserChanges = {
  disabled?: boolean;
  claims?: { verified?: boolean; permissions?: string[] } & Partial<Limits & PlayLimits>;
};

export const useEditUser = (id: string) =>
  useMutation({
    mutationFn: (changes: UserChanges) => api<User>(`/auth/users/${id}`, { method: "PATCH", body: changes }),
    onSuccess: refreshUsers,
  });

export const useDeleteUser = (id: string) =>
  useMutation({
    mutationFn: () => api(`/auth/users/${id}`, { method: "DELETE" }),
    // Not fetched again at once: the page of the account is still open, and there is none any more.
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["users"], refetchType: "none" }),
  });

export const useRemovePicture = (id: string) =>
  useMutation({
    mutationFn: () => api(`/auth/users/${id}/logo`, { method: "DELETE" }),
    onSuccess: refreshUsers,
  });

export const useResetLink = (id: string) =>
  useMutation({
    mutationFn: () =>
      api<{ url: string; expireAt: string; mailed: boolean }>(`/auth/users/${id}/password-reset`, {
        method: "POST",
      }),
  });

/** For users who lost theirs. */
export const useRemoveSecondFactors = (id: string) =>
  useMutation({ mutationFn: () => api(`/auth/users/${id}/second-factors`, { method: "DELETE" }) });

export const sessionsOf = (id: string) =>
  queryOptions({
    queryKey: ["users", "sessions", id],
    queryFn: ({ signal }) => api<Session[]>(`/auth/users/${id}/sessions`, { signal }),
    select: recentFirst,
  });

export const useEndSession = (userId: string) =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/users/${userId}/sessions/${id}`, { method: "DELETE" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["users", "sessions", userId] }),
  });

export const invitations = pages<Invitation>(["invitations"], "/auth/invitations");

const refreshInvitations = () => queryClient.invalidateQueries({ queryKey: ["invitations"] });

export type NewInvitation = {
  claims: Invitation["claims"];
  /** Seconds. */
  expiresIn: number;
  note?: string;
};

export const useInvite = () =>
  useMutation({
    mutationFn: (body: NewInvitation) =>
      api<Invitation & { url: string }>("/auth/invitations", { method: "POST", body }),
    onSuccess: refreshInvitations,
    meta: { shownInPlace: true },
  });

export const useWithdrawInvitation = () =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/invitations/${id}`, { method: "DELETE" }),
    onSuccess: refreshInvitations,
  });

export const apiKeys = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => api<Page<ApiKey>>("/auth/keys", { signal }),
  select: (page) => page.items,
});

const refreshKeys = () => queryClient.invalidateQueries({ queryKey: ["api-keys"] });

export const useAddApiKey = () =>
  useMutation({
    mutationFn: (body: { name: string; claims: ApiKey["claims"] }) =>
      api<ApiKey & { token: string }>("/auth/keys", { method: "POST", body }),
    onSuccess: refreshKeys,
    meta: { shownInPlace: true },
  });

export const useRemoveApiKey = () =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/keys/${id}`, { method: "DELETE" }),
    onSuccess: refreshKeys,
  });

export const audit = (filter: { user?: string; action?: string }) =>
  infiniteQueryOptions({
    ...pages<AuditEntry>(["audit"], `/auth/audit${queryString(filter)}`),
    staleTime: 0,
  });
