/** Libraries, which are named folders, and what is missing in them. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import type { Library, Missing, Serie } from "./models/catalogue";
import { pages, queryClient } from "./queries";

export const libraries = queryOptions({
  queryKey: ["libraries"],
  queryFn: ({ signal }) => api<Library[]>("/api/libraries", { signal }),
  // Other servers of this protocol know no libraries.
  retry: false,
});

const refresh = () => queryClient.invalidateQueries({ queryKey: ["libraries"] });

export const useSaveLibrary = () =>
  useMutation({
    mutationFn: ({ slug, name, path }: Pick<Library, "slug" | "name" | "path">) =>
      api<Library>(`/api/libraries/${slug}`, { method: "PUT", body: { name, path } }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const useForgetLibrary = () =>
  useMutation({
    mutationFn: (slug: string) => api(`/api/libraries/${slug}`, { method: "DELETE" }),
    onSuccess: refresh,
  });

/** Series with episodes that were aired and have no file. */
export const incomplete = pages<Serie & { missing: Missing[] }>(
  ["missing"],
  "/api/missing?limit=50&sort=name",
);
