/** The reader: what the server is, who is logged in, what they may do, their own account and sessions. */
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { ownAddress } from "~/lib/addresses";
import { t } from "~/lib/strings";
import { ApiError, api } from "./client";
import { endSession } from "./login";
import type { ServerInfo, Session, User, UserSettings } from "./models/accounts";
import { queryClient } from "./queries";
import { isLoggedIn } from "./session";

export const serverInfo = queryOptions({
  queryKey: ["server"],
  queryFn: ({ signal }) => api<ServerInfo>("/auth/info", { signal }),
});

const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => (isLoggedIn() ? api<User>("/auth/users/me", { signal }) : null),
  // Who waits to be let in sees it without doing anything.
  refetchInterval: ({ state }): number | false => (waits(state.data ?? null) ? 10_000 : false),
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
  const loggedIn = isLoggedIn();
  const guest = useQuery({ ...guestQuery, enabled: !loggedIn });
  return loggedIn || guest.isSuccess || (guest.isError && !isRefusal(guest.error));
}

/** Whether a guest was let in, without asking: pages that are for everybody do not. */
export const useIsGuest = () => useQuery({ ...guestQuery, enabled: false }).isSuccess;

const isRefusal = (error: Error) =>
  error instanceof ApiError && (error.status === 401 || error.status === 403);

/** What this server asks of new passwords, in words and in characters. */
export function usePasswordRule(): { hint?: string; minLength?: number } {
  const length = useQuery(serverInfo).data?.features?.passwordLength ?? 1;
  return length > 1 ? { hint: t.register.passwordRule(length), minLength: length } : {};
}

/** True while an administrator has yet to let the account in: nothing but the account itself can be reached. */
export function waits(user: User | null): boolean {
  return user?.claims.verified === false;
}

/** The scanner knows folders, not titles: it answers nobody who may see only some of them. */
export const isLimited = ({ claims }: User) =>
  (claims.libraries ?? null) !== null || (claims.maxAge ?? null) !== null;

/** Whether an account may do what needs a permission, such as `users.write`. */
export const may = (user: User | null, permission: string) =>
  Boolean(
    user?.claims.permissions?.includes(permission) && !(permission.startsWith("scanner.") && isLimited(user)),
  );

/** Whether there is anything for them in the administration. */
export const administers = (user: User | null) =>
  ["users.read", "users.write", "apikeys.read", "scanner.trigger", "core.write"].some((permission) =>
    may(user, permission),
  );

/** Whether the server tells them about itself. */
export const runsServer = (user: User | null) =>
  user !== null &&
  !isLimited(user) &&
  ["apikeys.write", "core.write", "users.write"].every((permission) => may(user, permission));

export const isAdmin = (user: User | null) => may(user, "users.write");

/** True while this server insists on a second factor and the account has none: nothing else can be reached. */
export const mustSecure = (user: User | null) => {
  const factors = user?.secondFactors;
  return Boolean(factors?.required && !factors.totp && factors.passkeys === 0);
};

const setMe = (user: User) => queryClient.setQueryData(["me"], user);

export const refreshMe = () => queryClient.invalidateQueries({ queryKey: ["me"] });

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
    meta: { shownInPlace: true },
  });

/** Most recently used first. */
export const recentFirst = (list: Session[]) =>
  [...list].sort((a, b) => b.lastUsed.localeCompare(a.lastUsed));

export const mySessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => api<Session[]>("/auth/users/me/sessions", { signal }),
  select: recentFirst,
});

export const useRevokeSession = () =>
  useMutation({
    mutationFn: (id: string) => api(`/auth/sessions/${id}`, { method: "DELETE" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["sessions"] }),
  });

/** `picture` is a JPEG, PNG, GIF or WebP file of at most 5 MiB. */
export const useUploadPicture = () =>
  useMutation({
    mutationFn: (picture: Blob) => {
      const body = new FormData();
      body.set("logo", picture, "picture");
      return api("/auth/users/me/logo", { method: "POST", body });
    },
    onSuccess: refreshMe,
  });

export const useRemoveMyPicture = () =>
  useMutation({
    mutationFn: () => api("/auth/users/me/logo", { method: "DELETE" }),
    onSuccess: refreshMe,
  });

export const useDeleteMe = () =>
  useMutation({
    mutationFn: () => endSession(() => api("/auth/users/me", { method: "DELETE" })),
    meta: { shownInPlace: true },
  });

/** Everything every service knows about the reader: what others hold stands where its address was. */
export async function everythingAboutMe(): Promise<Record<string, unknown>> {
  const account = await api<{ elsewhere: Record<string, string> }>("/auth/users/me/export");
  const held = Object.entries(account.elsewhere).map(async ([name, address]) => {
    // Of this site, by whatever name the server knows itself.
    const { pathname, search } = new URL(address, location.href);
    const own = ownAddress(pathname + search);
    return [name, own && (await api(own))] as const;
  });
  return { ...account, elsewhere: Object.fromEntries(await Promise.all(held)) };
}

export const useExport = () =>
  useMutation({
    mutationFn: async () => {
      const text = JSON.stringify(await everythingAboutMe(), null, 2);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
      link.download = "account.json";
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });

/** Whether this server has a route at all: features it lacks are not shown. */
export const useOffered = (url: string, enabled = true) =>
  useQuery({
    queryKey: ["offered", url],
    queryFn: ({ signal }) =>
      api(url, { signal }).then(
        () => true,
        (error: unknown) => !(error instanceof ApiError && error.status === 404),
      ),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  }).data ?? false;
