/** The scanner: what it is looking up, and asking for a scan. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import type { Page, ScanRequest } from "./models";
import { queryClient } from "./queries";

export const scanRequests = queryOptions({
  queryKey: ["scan"],
  queryFn: ({ signal }) => api<Page<ScanRequest>>("/scanner/scan", { signal }),
  select: (page) => page.items,
  refetchInterval: 5000,
});

export const useRescan = () =>
  useMutation({
    mutationFn: () => api("/scanner/scan", { method: "PUT" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["scan"] }),
  });
