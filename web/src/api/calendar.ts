/** The address of the reader's calendar of new episodes. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import { queryClient } from "./queries";

const MINE = "/api/profiles/me/calendar";

export const calendar = queryOptions({
  queryKey: ["calendar"],
  queryFn: ({ signal }) => api<{ since: string | null }>(MINE, { signal }),
  // Other servers of this protocol have none.
  retry: false,
});

const refresh = () => queryClient.invalidateQueries({ queryKey: ["calendar"] });

export const useMakeCalendar = () =>
  useMutation({ mutationFn: () => api<{ url: string }>(MINE, { method: "POST" }), onSuccess: refresh });

export const useEndCalendar = () =>
  useMutation({ mutationFn: () => api(MINE, { method: "DELETE" }), onSuccess: refresh });
