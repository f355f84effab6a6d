/** Editing by hand: what can be changed of a thing, changing it, and uploading its pictures. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import type { Translated } from "~/lib/credits";
import type { Editable, EditedKind, PictureName } from "~/lib/editing";
import { queryString } from "~/lib/query";
import { api } from "./client";
import { type Page, refreshAll } from "./queries";

export const editable = (kind: EditedKind, slug: string) =>
  queryOptions({
    queryKey: ["editable", kind, slug],
    queryFn: ({ signal }) => api<Editable>(`/api/${kind}/${slug}/locks`, { signal }),
    // What somebody else changed meanwhile must not be taken for the reader's own change.
    staleTime: 0,
    gcTime: 0,
  });

export const useEdit = (kind: EditedKind, slug: string) =>
  useMutation({
    mutationFn: (body: Record<string, unknown>) => api(`/api/${kind}/${slug}`, { method: "PATCH", body }),
    onSuccess: refreshAll,
    meta: { shownInPlace: true },
  });

/** A collection, studio or person as lists show them. */
export type Named = { slug: string; name: string };

export const findNamed = (resource: "collections" | "studios" | "staff", query: string) =>
  queryOptions({
    queryKey: ["named", resource, query],
    queryFn: ({ signal }) =>
      api<Page<Named>>(`/api/${resource}${queryString({ query, limit: 20 })}`, { signal }),
    select: (page) => page.items,
  });

/** All that an edit must give of a studio or a collection that exists. */
export const translated = (resource: "collections" | "studios", slug: string) =>
  api<Translated>(`/api/${resource}/${slug}?with=translations`);

type Upload = { picture: PictureName; language: string | null; file: Blob };

export const useUploadPictureOf = (kind: EditedKind, slug: string) =>
  useMutation({
    mutationFn: ({ picture, language, file }: Upload) => {
      const body = new FormData();
      body.set("file", file);
      return api(`/api/${kind}/${slug}/${picture}${queryString({ language })}`, { method: "PUT", body });
    },
    onSuccess: refreshAll,
  });
