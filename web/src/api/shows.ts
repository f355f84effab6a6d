/** Shows: lists, one movie, serie or collection, its seasons, entries and people, and the reader's watch status. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { joinFilters, queryString } from "~/lib/query";
import { api } from "./client";
import type {
  Collection,
  Entry,
  EntryOrSeason,
  Extra,
  Missing,
  Movie,
  Role,
  Season,
  Serie,
  Show,
  WatchStatus,
} from "./models/catalogue";
import { type Page, pages, queryClient } from "./queries";

export type ShowList = { filter?: string; sort?: string; query?: string; limit?: number };

export const showPages = (list: ShowList) => pages<Show>(["shows"], `/api/shows${queryString(list)}`);

export const showRow = (list: ShowList) =>
  queryOptions({
    queryKey: ["shows", "row", list],
    queryFn: ({ signal }) => api<Page<Show>>(`/api/shows${queryString(list)}`, { signal }),
    select: (page) => page.items,
  });

export const randomShow = queryOptions({
  queryKey: ["shows", "random"],
  queryFn: ({ signal }) => api<Show>("/api/shows/random?with=firstEntry", { signal }),
  staleTime: 10 * 60_000,
  refetchOnWindowFocus: false,
  retry: false,
});

export const movie = (slug: string) =>
  queryOptions({
    queryKey: ["movies", slug],
    queryFn: async ({ signal }) => {
      const url = `/api/movies/${slug}${queryString({ with: ["collection", "studios", "videos"] })}`;
      return { ...(await api<Movie>(url, { signal })), kind: "movie" as const };
    },
  });

export const serie = (slug: string) =>
  queryOptions({
    queryKey: ["series", slug],
    queryFn: async ({ signal }) => {
      const url = `/api/series/${slug}${queryString({ with: ["collection", "studios", "firstEntry", "nextEntry"] })}`;
      return { ...(await api<Serie>(url, { signal })), kind: "serie" as const };
    },
  });

export const collection = (slug: string) =>
  queryOptions({
    queryKey: ["collections", slug],
    queryFn: async ({ signal }) => ({
      ...(await api<Collection>(`/api/collections/${slug}`, { signal })),
      kind: "collection" as const,
    }),
  });

export const collectionShows = (slug: string) =>
  pages<Show>(["collections", slug, "shows"], `/api/collections/${slug}/shows?sort=airDate`);

export const seasons = (slug: string) =>
  queryOptions({
    queryKey: ["series", slug, "seasons"],
    queryFn: ({ signal }) => api<Page<Season>>(`/api/series/${slug}/seasons?limit=100`, { signal }),
    select: (page) => page.items,
  });

/** Entries nobody could watch and nobody misses (unavailable specials) stay hidden. */
const worthListing = "(kind eq episode or isAvailable eq true or content eq story)";

/** Of a season: the order of its first episode (null: no season is before it) and that of the next season. */
export type Span = { from: number | null; to: number | null };

export const seasonSpan = (slug: string, season: number) =>
  queryOptions({
    queryKey: ["series", slug, "span", season],
    queryFn: async ({ signal }): Promise<Span> => {
      const first = async (which: string) => {
        const filter = joinFilters("kind eq episode", which);
        const query = queryString({ filter, sort: "order", limit: 1 });
        const page = await api<Page<Entry>>(`/api/series/${slug}/entries${query}`, { signal });
        return page.items[0]?.order ?? null;
      };
      const [before, from, to] = await Promise.all([
        first(`seasonNumber lt ${season}`),
        first(`seasonNumber eq ${season}`),
        first(`seasonNumber gt ${season}`),
      ]);
      return { from: before === null ? null : from, to };
    },
  });

/** The episodes of a season, and the films and specials that stand between them and before the next season. */
export function seasonFilter(season: number, { from, to }: Span) {
  const between = joinFilters(
    "kind ne episode",
    from === null ? "" : `order ge ${from}`,
    to === null ? "" : `order lt ${to}`,
  );
  return `(seasonNumber eq ${season} or (${between}))`;
}

/** `span` of the season, if it is known. */
export function entries(slug: string, season: number | null, span?: Span) {
  const only = season === null ? "" : span ? seasonFilter(season, span) : `seasonNumber eq ${season}`;
  const filter = joinFilters(worthListing, only);
  const url = `/api/series/${slug}/entries${queryString({ filter, includeSeasons: season === null, limit: 60 })}`;
  return pages<EntryOrSeason>(["series", slug, "entries"], url);
}

export const extrasOf = (kind: "movies" | "series", slug: string) =>
  queryOptions({
    queryKey: [kind, slug, "extras"],
    queryFn: ({ signal }) => api<Page<Extra>>(`/api/${kind}/${slug}/extras?limit=100`, { signal }),
    select: (page) => page.items.filter((extra) => extra.video),
    // Other servers of this protocol list no extras.
    retry: false,
  });

export const missingOf = (slug: string) =>
  queryOptions({
    queryKey: ["series", slug, "missing"],
    queryFn: ({ signal }) => api<Page<Missing>>(`/api/series/${slug}/missing?limit=100`, { signal }),
    select: (page) => page.items,
    retry: false,
  });

export const similarTo = (kind: "movies" | "series", slug: string) =>
  queryOptions({
    queryKey: [kind, slug, "similar"],
    queryFn: ({ signal }) => api<Page<Show>>(`/api/${kind}/${slug}/similar?limit=20`, { signal }),
    select: (page) => page.items,
    retry: false,
  });

export const staffOf = (kind: "movies" | "series", slug: string) =>
  pages<Role>([kind, slug, "staff"], `/api/${kind}/${slug}/staff?limit=24`);

/** Everything that shows progress: called after the reader watched or marked something. */
export function refreshWatchState() {
  for (const key of [
    "movies",
    "series",
    "collections",
    "shows",
    "staff",
    "news",
    "nextup",
    "watchlist",
    "history",
    "videos",
    "recommendations",
  ]) {
    void queryClient.invalidateQueries({ queryKey: [key], refetchType: key === "shows" ? "none" : "active" });
  }
}

export const useWatchStatus = (kind: "movie" | "serie", slug: string) =>
  useMutation({
    mutationFn: (status: WatchStatus | null) =>
      status
        ? api(`/api/${kind}s/${slug}/watchstatus`, { method: "POST", body: { status } })
        : api(`/api/${kind}s/${slug}/watchstatus`, { method: "DELETE" }),
    onSuccess: refreshWatchState,
  });
