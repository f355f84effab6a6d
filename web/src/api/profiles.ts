/** What the reader watches: next up, news, history, watch list, and marking entries as seen. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { api } from "./client";
import type { Entry, Hidden, Recommended, Show, WatchStatus } from "./models/catalogue";
import { type Page, pages, queryClient } from "./queries";
import { refreshWatchState } from "./shows";
import type { SeedHistory } from "./wire/api";

export const nextUp = queryOptions({
  queryKey: ["nextup"],
  queryFn: ({ signal }) => api<Page<Entry>>("/api/profiles/me/nextup?limit=20&with=nextEntry", { signal }),
  select: (page) => page.items,
  staleTime: 0,
});

export const news = queryOptions({
  queryKey: ["news"],
  queryFn: ({ signal }) => api<Page<Entry>>("/api/news?limit=20", { signal }),
  select: (page) => page.items,
});

/** What is like the shows the reader watches or has seen. */
export const recommendations = queryOptions({
  queryKey: ["recommendations"],
  queryFn: ({ signal }) => api<Page<Recommended>>("/api/profiles/me/recommendations?limit=20", { signal }),
  select: (page) => page.items,
  retry: false,
});

/** Takes a show out of what to continue; its progress stays. `show`: its slug. */
export const useRemoveFromNextUp = () =>
  useMutation({
    mutationFn: (show: string) => api(`/api/profiles/me/nextup/${show}`, { method: "DELETE" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["nextup"] }),
  });

/** The shows that the reader hides from the rows of the home page. */
export const hiddenShows = queryOptions({
  queryKey: ["hidden"],
  queryFn: ({ signal }) => api<Page<Hidden>>("/api/profiles/me/hidden?limit=250", { signal }),
  select: (page) => page.items,
  retry: false,
});

export const useHide = (show: Pick<Show, "kind" | "slug">) =>
  useMutation({
    mutationFn: (hidden: boolean) =>
      api(`/api/${show.kind === "serie" ? "series" : `${show.kind}s`}/${show.slug}/hidden`, {
        method: hidden ? "PUT" : "DELETE",
      }),
    onSuccess: () => {
      for (const key of ["hidden", "nextup", "news", "recommendations"]) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
    },
  });

/** `score`: 0–100, or null to take it back. */
export const useScore = (kind: "movie" | "serie", slug: string) =>
  useMutation({
    mutationFn: (score: number | null) =>
      api(`/api/${kind === "movie" ? "movies" : "series"}/${slug}/score`, { method: "PUT", body: { score } }),
    onSuccess: refreshWatchState,
  });

/** Marks a serie, or one of its seasons, as seen or not seen. */
export const useMarkSeason = (serie: string) =>
  useMutation({
    mutationFn: ({ season, seen }: { season: number | null; seen: boolean }) =>
      api(`/api/series/${serie}${season === null ? "" : `/seasons/${season}`}/seen`, {
        method: seen ? "POST" : "DELETE",
      }),
    onSuccess: refreshWatchState,
  });

/** Of the reader (`me`), or of another account by its id. */
export const history = (user: string) =>
  pages<Entry>(["history"], `/api/profiles/${encodeURIComponent(user)}/history?limit=30`);

export const watchlist = (user: string, status: WatchStatus | null) =>
  pages<Show>(
    ["watchlist"],
    `/api/profiles/${encodeURIComponent(user)}/watchlist${queryString({ filter: status && `watchStatus eq ${status}` })}`,
  );

/** One line of the watch history. `percent` 0–100 and `time` seconds, both whole numbers. */
export type HistoryItem = Pick<SeedHistory, "external"> & Required<Omit<SeedHistory, "external">>;

export const postHistory = (items: HistoryItem[], keepalive = false) =>
  api("/api/profiles/me/history", { method: "POST", body: items, keepalive });

export const useMarkSeen = () =>
  useMutation({
    mutationFn: (entries: string[]) =>
      postHistory(
        entries.map((entry) => ({
          entry,
          videoId: null,
          percent: 100,
          time: 0,
          playedDate: null,
          external: true,
        })),
      ),
    onSuccess: refreshWatchState,
  });
