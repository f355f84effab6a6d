/** What was watched when: the reader's own, and for administrators everybody's. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type * as wire from "./wire/api";

/** Users are told to administrators. */
export type Statistics = wire.Statistics & Partial<Pick<wire.AllStatistics, "users">>;

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** `whose`: null for one's own, else a user, or all of them. */
export const statistics = (whose: { user?: string } | null, days: number) =>
  queryOptions({
    queryKey: ["statistics", whose, days],
    queryFn: ({ signal }) => {
      const asked = new URLSearchParams({ days: String(days), zone: zone() });
      if (whose?.user) asked.set("user", whose.user);
      return api<Statistics>(`${whose ? "/api/statistics" : "/api/profiles/me/statistics"}?${asked}`, {
        signal,
      });
    },
    staleTime: 60_000,
  });
