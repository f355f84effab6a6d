/** The address of the reader's calendar of new episodes. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import { queryClient } from "./queries";
import type * as wire from "./wire/api";

const MINE = "/api/profiles/me/calendar";

export const calendar = queryOptions({
  queryKey: ["calendar"],
  queryFn: ({ signal }) => api<wire.Calendar>(MINE, { signal }),
  // Other servers of this protocol have none.
  retry: false,
});

const refresh = () => queryClient.invalidateQueries({ queryKey: ["calendar"] });

export const useMakeCalendar = () =>
  useMutation({ mutationFn: () => api<wire.NewCalendar>(MINE, { method: "POST" }), onSuccess: refresh });

export const useEndCalendar = () =>
  useMutation({ mutationFn: () => api(MINE, { method: "DELETE" }), onSuccess: refresh });
