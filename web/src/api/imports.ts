/** What the reader brings from elsewhere: files, other servers, their previews, and taking them. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import type { Import, ImportSource } from "./models/imports";
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
    mutationFn: (body: { source: ImportSource; url: string; token: string }) =>
      api<Import>(`${MINE}/server`, { method: "POST", body }),
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
