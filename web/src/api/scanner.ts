/** The scanner: what it is looking up, and asking for a scan. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { api } from "./client";
import type { Page, ScanProgress, ScanRequest } from "./models";
import { queryClient } from "./queries";

export const scanRequests = queryOptions({
  queryKey: ["scan"],
  queryFn: ({ signal }) => api<Page<ScanRequest>>("/scanner/scan", { signal }),
  select: (page) => page.items,
  refetchInterval: 5000,
});

export const scanProgress = queryOptions({
  queryKey: ["scan", "progress"],
  queryFn: ({ signal }) => api<ScanProgress>("/scanner/progress", { signal }),
  refetchInterval: 2500,
  // Other servers of this protocol do not tell.
  retry: false,
});

/** `removeMissing`: files that are kept although they are gone are given up. */
export const useRescan = () =>
  useMutation({
    mutationFn: ({ removeMissing = false }: { removeMissing?: boolean } = {}) =>
      api(`/scanner/scan${queryString({ removeMissing: removeMissing || null })}`, { method: "PUT" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["scan"] }),
  });
