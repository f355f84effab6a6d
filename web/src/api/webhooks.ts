/** The webhooks of this server, their tests and their logs. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import { queryClient } from "./queries";
import type * as wire from "./wire/api";

export type { Delivery, Webhook } from "./wire/api";

export type WebhookForm = wire.Webhook["form"];

export type WebhookBody = Pick<wire.Webhook, "name" | "events" | "private" | "enabled"> & {
  form?: WebhookForm;
  url?: string;
  token?: string;
};

const ROOT = "/api/webhooks";

export const webhooks = queryOptions({
  queryKey: ["webhooks"],
  queryFn: ({ signal }) => api<wire.Webhooks>(ROOT, { signal }),
  select: ({ items }) => items,
});

export const deliveries = (id: string) =>
  queryOptions({
    queryKey: ["webhooks", id, "deliveries"],
    queryFn: ({ signal }) => api<wire.Deliveries>(`${ROOT}/${id}/deliveries`, { signal }),
    select: ({ items }) => items,
    refetchInterval: 5_000,
  });

const refresh = () => queryClient.invalidateQueries({ queryKey: ["webhooks"] });

export const useAddWebhook = () =>
  useMutation({
    mutationFn: (body: WebhookBody) => api<wire.MadeWebhook>(ROOT, { method: "POST", body }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const useChangeWebhook = (id: string) =>
  useMutation({
    mutationFn: (body: Partial<WebhookBody>) => api(`${ROOT}/${id}`, { method: "PATCH", body }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const useRemoveWebhook = () =>
  useMutation({
    mutationFn: (id: string) => api(`${ROOT}/${id}`, { method: "DELETE" }),
    onSuccess: refresh,
  });

export const useRenewSecret = (id: string) =>
  useMutation({
    mutationFn: () => api<wire.WebhookSecret>(`${ROOT}/${id}/secret`, { method: "POST" }),
  });

export const useTestWebhook = (id: string) =>
  useMutation({
    mutationFn: () => api<wire.Tested>(`${ROOT}/${id}/test`, { method: "POST" }),
    onSettled: refresh,
  });

export const useRetryDelivery = (webhook: string) =>
  useMutation({
    mutationFn: (id: string) => api(`${ROOT}/${webhook}/deliveries/${id}/retry`, { method: "POST" }),
    onSettled: refresh,
  });
