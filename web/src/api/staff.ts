/** People and what they worked on. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { Role, Staff } from "./models/catalogue";
import { pages } from "./queries";

export const staff = (slug: string) =>
  queryOptions({
    queryKey: ["staff", slug],
    queryFn: ({ signal }) => api<Staff>(`/api/staff/${slug}`, { signal }),
  });

export const rolesOf = (slug: string) => pages<Role>(["staff", slug, "roles"], `/api/staff/${slug}/roles`);
