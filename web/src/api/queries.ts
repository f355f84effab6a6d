/** The query cache and what all resources share: pages that follow `next`, and mutation errors as toasts. */
import { infiniteQueryOptions, MutationCache, QueryClient } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { showToast } from "~/lib/toast";
import { ApiError, api } from "./client";

export const isTransient = (error: unknown) =>
  error instanceof ApiError && (error.isOffline || error.status >= 500);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => failures < 3 && isTransient(error),
      retryDelay: (attempt) => Math.min(4000, 500 * 2 ** attempt),
    },
  },
  mutationCache: new MutationCache({
    // Forms that show the error themselves say so.
    onError: (error, _variables, _result, { meta }) => {
      if (error instanceof ApiError && error.details.freshLogin) {
        location.assign(`/login${queryString({ again: "true", next: location.pathname })}`);
      } else if (!meta?.shownInPlace) showToast(error.message, "error");
    },
  }),
});

/** After a change that any page may show. What is on the screen asks again, and the rest when it is next looked at. */
export const refreshAll = () => queryClient.invalidateQueries();

export type Page<T> = { items: T[]; this: string; next: string | null };

/** A list that loads page after page: `next` is followed as it is. */
export function pages<T>(key: readonly unknown[], url: string) {
  return infiniteQueryOptions({
    queryKey: [...key, url],
    initialPageParam: url,
    queryFn: ({ pageParam, signal }) => api<Page<T>>(pageParam, { signal }),
    getNextPageParam: (page: Page<T>) => page.next,
    // Every page that was scrolled to would be fetched.
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) < 3,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}
