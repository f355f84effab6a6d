/** What the reader watches: next up, news, history, watch list, and marking entries as seen. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { api } from "./client";
import type { Entry, Page, Show, WatchStatus } from "./models";
import { pages } from "./queries";
import { refreshWatchState } from "./shows";

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

/** Of the reader (`me`), or of another account by its id. */
export const history = (user: string) =>
  pages<Entry>(["history"], `/api/profiles/${encodeURIComponent(user)}/history?limit=30`);

export const watchlist = (user: string, status: WatchStatus | null) =>
  pages<Show>(
    ["watchlist"],
    `/api/profiles/${encodeURIComponent(user)}/watchlist${queryString({ filter: status && `watchStatus eq ${status}` })}`,
  );

/** One line of the watch history. `percent` 0–100 and `time` seconds, both whole numbers. */
export type HistoryItem = {
  entry: string;
  videoId: string | null;
  percent: number;
  time: number;
  playedDate: string | null;
  external?: boolean;
};

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
