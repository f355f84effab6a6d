/** Editing by hand: what can be changed of a thing, changing it, and uploading its pictures. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import type { Editable, EditedKind, PictureName } from "~/lib/editing";
import { queryString } from "~/lib/query";
import { api } from "./client";
import { queryClient } from "./queries";

export const editable = (kind: EditedKind, slug: string) =>
  queryOptions({
    queryKey: ["editable", kind, slug],
    queryFn: ({ signal }) => api<Editable>(`/api/${kind}/${slug}/locks`, { signal }),
    // What somebody else changed meanwhile must not be taken for the reader's own change.
    staleTime: 0,
    gcTime: 0,
  });

/** Any page may show what was edited: all of them ask again. */
const refreshAll = () => queryClient.invalidateQueries();

export const useEdit = (kind: EditedKind, slug: string) =>
  useMutation({
    mutationFn: (body: Record<string, unknown>) => api(`/api/${kind}/${slug}`, { method: "PATCH", body }),
    onSuccess: refreshAll,
    meta: { shownInPlace: true },
  });

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
