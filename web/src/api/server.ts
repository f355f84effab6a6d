/** What the server tells its administrators about itself. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { Examination } from "./models/server";

export const examination = queryOptions({
  queryKey: ["server", "doctor"],
  queryFn: ({ signal }) => api<Examination>("/server/doctor", { signal }),
  retry: false,
});
