/** What the reader brings from elsewhere: files, other servers, their previews, and taking them. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import type { AskServer, Import } from "./models/imports";
import type { ImportRule } from "./models/trackers";
import { queryClient } from "./queries";

export const MINE = "/api/profiles/me/imports";

export const imports = queryOptions({
  queryKey: ["imports"],
  queryFn: ({ signal }) => api<{ items: Import[] }>(MINE, { signal }),
  select: ({ items }) => items,
  staleTime: 5_000,
  retry: false,
});

const refresh = () => queryClient.invalidateQueries({ queryKey: ["imports"] });

export const useBringFile = () =>
  useMutation({
    mutationFn: (file: File) =>
      api<Import>(`${MINE}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const useAskServer = () =>
  useMutation({
    mutationFn: (body: AskServer) => api<Import>(`${MINE}/server`, { method: "POST", body }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

/** Where a Jellyfin is, and a key of its administrator. */
export type Place = { url: string; token: string };

const JELLYFIN = "/api/imports/jellyfin";

export const useJellyfinAccounts = () =>
  useMutation({
    mutationFn: (body: Place) =>
      api<{ items: { id: string; name: string }[] }>(`${JELLYFIN}/accounts`, { method: "POST", body }),
    meta: { shownInPlace: true },
  });

export const useBringForUsers = () =>
  useMutation({
    mutationFn: (body: Place & { accounts: { account: string; user: string }[] }) =>
      api<{ items: unknown[] }>(JELLYFIN, { method: "POST", body }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const useRunImport = (id: string) =>
  useMutation({
    mutationFn: (body: { rule: ImportRule; dryRun: boolean }) =>
      api<Import>(`${MINE}/${id}/run`, { method: "POST", body }),
    onSuccess: (begun) => queryClient.setQueryData(["imports", id], begun),
  });

export const useForgetImport = (id: string) =>
  useMutation({ mutationFn: () => api(`${MINE}/${id}`, { method: "DELETE" }), onSuccess: refresh });

/** How a run goes; asked again and again until it has ended. */
export const importRun = (id: string, enabled: boolean) =>
  queryOptions({
    queryKey: ["imports", id],
    queryFn: ({ signal }) => api<Import>(`${MINE}/${id}`, { signal }),
    enabled,
    refetchInterval: ({ state }) =>
      state.error || (state.data && state.data.state !== "queued" && state.data.state !== "running")
        ? false
        : 1000,
  });
