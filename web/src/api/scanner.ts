/** The scanner: what it is looking up, and asking for a scan. */
import { infiniteQueryOptions, queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { api } from "./client";
import { whenSilent } from "./live";
import type {
  EpisodeOrder,
  EpisodeOrders,
  MatchCandidate,
  Provider,
  ProviderStates,
  ScanProgress,
  ScanRequest,
  UnsureMatch,
} from "./models/scanner";
import { isTransient, type Page, pages, queryClient, refreshAll } from "./queries";
import { isLoggedIn } from "./session";
import { isLimited, may, useMe } from "./users";

export const scanRequests = queryOptions({
  queryKey: ["scan"],
  queryFn: ({ signal }) => api<Page<ScanRequest>>("/scanner/scan", { signal }),
  select: (page) => page.items,
  refetchInterval: () => whenSilent("scan", 5000),
});

/** Nobody tells of the end of a scan that finds nothing: while one runs, it is asked for anyway (milliseconds). */
const whileRunning = 5_000;

export const scanProgress = queryOptions({
  queryKey: ["scan", "progress"],
  queryFn: ({ signal }) => api<ScanProgress>("/scanner/progress", { signal }),
  // Who is refused once (a guest), and by a server that does not know the question, is refused always.
  refetchInterval: ({ state: { data, error } }) =>
    (!error || isTransient(error)) &&
    Math.min(whenSilent("scan", 2500), data?.running ? whileRunning : Infinity),
  retry: false,
});

/** Asked only by those who may know: `isEnabled` says whether. Of guests the server alone knows that. */
export function useScanProgress() {
  const me = useMe();
  const allowed = me ? may(me, "core.read") && !isLimited(me) : !isLoggedIn();
  return useQuery({ ...scanProgress, enabled: allowed });
}

/** `removeMissing`: files that are kept although they are gone are given up. */
export const useRescan = () =>
  useMutation({
    mutationFn: ({ removeMissing = false }: { removeMissing?: boolean } = {}) =>
      api(`/scanner/scan${queryString({ removeMissing: removeMissing || null })}`, { method: "PUT" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["scan"] }),
  });

export const unsureMatches = (query: string) =>
  infiniteQueryOptions(
    pages<UnsureMatch>(["matches", query], `/scanner/matches${queryString({ query, limit: 20 })}`),
  );

/** Says which title a show is that nobody was sure about. */
export const useChooseMatch = () =>
  useMutation({
    mutationFn: ({ id, title }: { id: number; title: MatchCandidate }) =>
      api(`/scanner/matches/${id}`, {
        method: "PUT",
        body: { kind: title.kind, title: title.name, year: title.year, externalId: title.externalId },
      }),
    onSuccess: refreshAll,
  });

/** Says that it is none of the titles: it stays what its files are called. */
export const useDismissMatch = () =>
  useMutation({
    mutationFn: (id: number) => api(`/scanner/matches/${id}`, { method: "DELETE" }),
    onSuccess: refreshAll,
  });

export const episodeOrders = (slug: string) =>
  queryOptions({
    queryKey: ["series", slug, "orders"],
    queryFn: ({ signal }) => api<EpisodeOrders>(`/scanner/series/${slug}/orders`, { signal }),
    retry: false,
  });

/** Shows the episodes of a serie in this order; null: as they were aired. */
export const useChooseOrder = (slug: string) =>
  useMutation({
    mutationFn: (wanted: (EpisodeOrder & { follow: boolean }) | null) =>
      api(`/scanner/series/${slug}/order`, wanted ? { method: "PUT", body: wanted } : { method: "DELETE" }),
    onSuccess: refreshAll,
  });

export const providerStates = queryOptions({
  queryKey: ["providers"],
  queryFn: ({ signal }) => api<ProviderStates>("/scanner/providers", { signal }),
  refetchInterval: 10_000,
});

/** Tries a key of a service, and keeps it unless the service refuses it. */
export const useStoreProviderKey = () =>
  useMutation({
    mutationFn: ({ name, ...body }: { name: string; key: string; pin?: string }) =>
      api<Provider>(`/scanner/providers/${name}/key`, { method: "PUT", body }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["providers"] }),
  });

export const useRemoveProviderKey = () =>
  useMutation({
    mutationFn: (name: string) => api(`/scanner/providers/${name}/key`, { method: "DELETE" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["providers"] }),
  });
