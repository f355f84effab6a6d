/** Changing the library: which file holds what, metadata from providers, removing titles. */
import { infiniteQueryOptions, queryOptions, useMutation } from "@tanstack/react-query";
import type { Link } from "~/lib/guess";
import { queryString } from "~/lib/query";
import { api } from "./client";
import type { Entry } from "./models/catalogue";
import type { FullVideo } from "./models/files";
import type { SearchResult } from "./models/scanner";
import { type Page, pages, queryClient, refreshAll } from "./queries";
import type { NewRequest } from "./wire/scanner";

export type Collection = "movies" | "series";

/** A file with the entries it holds. */
export const file = (id: string) =>
  queryOptions({
    queryKey: ["files", id],
    queryFn: ({ signal }) => api<FullVideo>(`/api/videos/${id}`, { signal }),
  });

export const findFiles = (query: string) =>
  queryOptions({
    queryKey: ["files", "search", query],
    queryFn: ({ signal }) =>
      api<Page<FullVideo>>(`/api/videos${queryString({ query, sort: "path", limit: 20 })}`, { signal }),
    select: (page) => page.items,
  });

export type MappingSort = "path" | "entry,path";

/** The files of a serie, and those that look as if they were. `titles`: guessed titles that count, too. */
export const filesOfSerie = (slug: string, sort: MappingSort, titles: string[]) =>
  infiniteQueryOptions({
    ...pages<FullVideo>(
      ["files", "serie", slug],
      `/api/series/${slug}/videos${queryString({ sort, titles, limit: 100 })}`,
    ),
    staleTime: 0,
  });

export const findEntries = (slug: string, query: string) =>
  queryOptions({
    queryKey: ["series", slug, "entry-search", query],
    queryFn: ({ signal }) =>
      api<Page<Entry>>(`/api/series/${slug}/entries${queryString({ query, limit: 50 })}`, { signal }),
    select: (page) => page.items,
  });

/** Adds entries to what a file holds. */
export const useLinkFile = () =>
  useMutation({
    mutationFn: ({ id, links }: { id: string; links: Link[] }) =>
      api("/api/videos/link", { method: "POST", body: [{ id, for: links }] }),
    onSuccess: refreshAll,
  });

/** Makes these entries all that a file holds. */
export const useMatchFile = () =>
  useMutation({
    mutationFn: ({ id, links }: { id: string; links: Link[] }) =>
      api<{ id: string; entries: { slug: string }[] }[]>("/api/videos/link", {
        method: "PUT",
        body: [{ id, for: links }],
      }),
    onSuccess: refreshAll,
  });

/** Takes one entry (its slug) away from what a file holds; the others stay, whichever show they belong to. */
export const useUnlinkFile = () =>
  useMutation({
    mutationFn: async ({ id, entry }: { id: string; entry: string }) => {
      const whole = await api<FullVideo>(`/api/videos/${id}`);
      const links = whole.entries.filter((other) => other.slug !== entry).map(({ slug }) => ({ slug }));
      return api("/api/videos/link", { method: "PUT", body: [{ id, for: links }] });
    },
    onSuccess: refreshAll,
  });

/** Names the cut that a file is of: "" for none, null for what the file itself is called. */
export const useNameCut = (slug: string) =>
  useMutation({
    mutationFn: (edition: string | null) =>
      api(`/api/videos/${slug}`, { method: "PATCH", body: { edition } }),
    onSuccess: refreshAll,
  });

/** What the metadata providers know under a name; empty without a provider. */
export const searchProviders = (collection: Collection, query: string) =>
  queryOptions({
    queryKey: ["providers", collection, query],
    queryFn: ({ signal }) =>
      api<Page<SearchResult>>(`/scanner/${collection}${queryString({ query })}`, { signal }),
    select: (page) => page.items,
    retry: false,
  });

/** `slug`: the show of the library that it is. */
export type MetadataRequest = Required<Omit<NewRequest, "slug">> & Pick<NewRequest, "slug">;

/** Has a title of a provider looked up, with its files. */
export const useAddShow = (collection: Collection) =>
  useMutation({
    mutationFn: (body: MetadataRequest) => api(`/scanner/${collection}`, { method: "POST", body }),
    onSuccess: refreshAll,
  });

export const useRefreshShow = (collection: Collection, slug: string) =>
  useMutation({
    mutationFn: () => api(`/scanner/${collection}/${slug}/refresh`, { method: "POST" }),
    onSuccess: refreshAll,
  });

/** Gives the files of a show to another one. */
export const useRemapShow = (collection: Collection, slug: string) =>
  useMutation({
    mutationFn: (body: MetadataRequest & { kind: "movie" | "serie" }) =>
      api(`/scanner/${collection}/${slug}/remap`, { method: "POST", body }),
    onSuccess: refreshAll,
  });

export const useDeleteShow = (collection: Collection | "collections", slug: string) =>
  useMutation({
    mutationFn: () => api(`/api/${collection}/${slug}`, { method: "DELETE" }),
    // Not fetched again at once: the page of the show is still open, and there is none any more.
    onSuccess: () => queryClient.invalidateQueries({ refetchType: "none" }),
  });
