/** The reader's accounts at trackers, what these are still to be told, imports; the server's applications. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import type {
  ImportReport,
  ImportRule,
  Letter,
  LinkFlow,
  Tracker,
  TrackerApplication,
} from "./models/trackers";
import { pages, queryClient } from "./queries";

const MINE = "/api/profiles/me/trackers";

export const trackers = queryOptions({
  queryKey: ["trackers"],
  queryFn: ({ signal }) => api<{ items: Tracker[] }>(MINE, { signal }),
  select: ({ items }) => items,
  staleTime: 5_000,
  // Other servers of this protocol know no trackers.
  retry: false,
});

const refresh = () => queryClient.invalidateQueries({ queryKey: ["trackers"] });

export const useBeginLink = (service: string) =>
  useMutation({
    mutationFn: () =>
      api<LinkFlow>(`${MINE}/${service}`, { method: "POST", body: { redirect: "/settings/trackers" } }),
  });

export const useLinkByKey = (service: string) =>
  useMutation({
    mutationFn: (key: string) => api<LinkFlow>(`${MINE}/${service}`, { method: "POST", body: { key } }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const deviceLink = (service: string, seconds: number) =>
  queryOptions({
    queryKey: ["trackers", service, "device"],
    queryFn: ({ signal }) => api<{ linked: boolean }>(`${MINE}/${service}/device`, { signal }),
    refetchInterval: ({ state }) => (state.data?.linked || state.error ? false : seconds * 1000),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

export const useChooseTracker = (service: string) =>
  useMutation({
    mutationFn: (choices: Partial<Pick<Tracker, "mode" | "scrobble" | "unwatch" | "scores">>) =>
      api<Tracker>(`${MINE}/${service}`, { method: "PATCH", body: choices }),
    onSuccess: refresh,
  });

export const useUnlinkTracker = (service: string) =>
  useMutation({
    mutationFn: () => api(`${MINE}/${service}`, { method: "DELETE" }),
    onSuccess: refresh,
  });

export const useSyncTracker = (service: string) =>
  useMutation({ mutationFn: () => api(`${MINE}/${service}/sync`, { method: "POST" }), onSuccess: refresh });

export const outbox = (service: string) =>
  pages<Letter>(["trackers", service, "outbox"], `${MINE}/${service}/outbox?limit=20`);

export const useRetryLetter = (service: string) =>
  useMutation({
    mutationFn: (id: string) => api(`${MINE}/${service}/outbox/${id}/retry`, { method: "POST" }),
    onSuccess: refresh,
  });

export const useDropLetter = (service: string) =>
  useMutation({
    mutationFn: (id: string) => api(`${MINE}/${service}/outbox/${id}`, { method: "DELETE" }),
    onSuccess: refresh,
  });

export const useBeginImport = (service: string) =>
  useMutation({
    mutationFn: (body: { rule: ImportRule; dryRun: boolean }) =>
      api<{ id: string }>(`${MINE}/${service}/import`, { method: "POST", body }),
  });

export const importReport = (service: string, id: string) =>
  queryOptions({
    queryKey: ["trackers", service, "import", id],
    queryFn: ({ signal }) => api<ImportReport>(`${MINE}/${service}/import/${id}`, { signal }),
    enabled: id !== "",
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) =>
      state.data?.state === "done" || state.data?.state === "failed" || state.error ? false : 1000,
  });

const applicationsKey = ["trackers", "applications"];

export const applications = queryOptions({
  queryKey: applicationsKey,
  queryFn: ({ signal }) => api<{ items: TrackerApplication[] }>("/api/trackers/applications", { signal }),
  select: ({ items }) => items,
});

export const useSaveApplication = (service: string) =>
  useMutation({
    mutationFn: (body: { clientId: string; clientSecret: string | null }) =>
      api(`/api/trackers/${service}/application`, { method: "PUT", body }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });
