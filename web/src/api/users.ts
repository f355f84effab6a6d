/** Accounts: server information, logging in and out, the reader's own account, sessions, and users for administrators. */
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { ApiError, api } from "./client";
import type { ServerInfo, Session, User, UserSettings } from "./models";
import { pages, queryClient } from "./queries";
import { clearToken, getToken, setToken } from "./session";

export const serverInfo = queryOptions({
  queryKey: ["server"],
  queryFn: ({ signal }) => api<ServerInfo>("/auth/info", { signal }),
});

const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => (getToken() ? api<User>("/auth/users/me", { signal }) : null),
});

/** The reader's account; null for guests. */
export const useMe = () => useQuery(meQuery).data ?? null;

/** Whether this server lets people in who have no account. Asked only by those; a refusal sends them to the log-in page. */
const guestQuery = queryOptions({
  queryKey: ["guest"],
  queryFn: ({ signal }) => api("/api/shows?limit=1", { signal }).then(() => true),
});

/** True once it is known that pages may be shown. */
export function useAdmitted(): boolean {
  const hasToken = getToken() !== null;
  const guest = useQuery({ ...guestQuery, enabled: !hasToken });
  return hasToken || guest.isSuccess || (guest.isError && !isRefusal(guest.error));
}

const isRefusal = (error: Error) =>
  error instanceof ApiError && (error.status === 401 || error.status === 403);

export const isAdmin = (user: User | null) => user?.claims.permissions?.includes("users.write") ?? false;
export const canScan = (user: User | null) => user?.claims.permissions?.includes("scanner.trigger") ?? false;

type Credentials = { login: string; password: string };
type NewAccount = { username: string; email: string; password: string };

async function openSession(path: string, body: Credentials | NewAccount) {
  const { token } = await api<{ token: string }>(path, { method: "POST", body, anonymous: true });
  setToken(token);
  queryClient.clear();
}

export const useLogin = () =>
  useMutation({ mutationFn: (body: Credentials) => openSession("/auth/sessions", body) });

export const useRegister = () =>
  useMutation({ mutationFn: (body: NewAccount) => openSession("/auth/users", body) });

export async function logOut() {
  // The device forgets the session even if the server cannot be told.
  await api("/auth/sessions/current", { method: "DELETE", anonymous: true }).catch(() => null);
  clearToken();
  queryClient.clear();
  location.assign("/login");
}

const setMe = (user: User) => queryClient.setQueryData(["me"], user);

export const useUpdateMe = () =>
  useMutation({
    mutationFn: (changes: { username?: string; email?: string; claims?: { settings: UserSettings } }) =>
      api<User>("/auth/users/me", { method: "PATCH", body: changes }),
    onSuccess: setMe,
  });

export const useChangePassword = () =>
  useMutation({
    mutationFn: (body: { oldPassword: string | null; newPassword: string }) =>
      api("/auth/users/me/password", { method: "PATCH", body }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["sessions"] }),
  });

export const mySessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => api<Session[]>("/auth/users/me/sessions", { signal }),
  // Most recently used first.
  select: (list) => [...list].sort((a, b) => b.lastUsed.localeCompare(a.lastUsed)),
});

export const useRevokeSession = () =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/sessions/${id}`, { method: "DELETE" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["sessions"] }),
  });

export const users = pages<User>(["users"], "/auth/users");

export const useVerifyUser = () =>
  useMutation({
    mutationFn: (id: string) =>
      api(`/auth/users/${id}`, { method: "PATCH", body: { claims: { verified: true } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["users"] }),
  });

export const useDeleteUser = () =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/users/${id}`, { method: "DELETE" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["users"] }),
  });
