/** Webhooks, their tests and their logs: those of the server, and the reader's own. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import { queryClient } from "./queries";
import type * as wire from "./wire/api";

export type { Delivery, Webhook } from "./wire/api";

export type WebhookForm = wire.Webhook["form"];

/** Whose they are. */
export type Owner = "server" | "own";

export type WebhookBody = Pick<wire.Webhook, "name" | "events" | "enabled"> & {
  form?: WebhookForm;
  url?: string;
  token?: string;
  private?: boolean;
};

const ROOT = { server: "/api/webhooks", own: "/api/profiles/me/webhooks" };

export const webhooks = (owner: Owner) =>
  queryOptions({
    queryKey: ["webhooks", owner],
    queryFn: ({ signal }) => api<wire.Webhooks>(ROOT[owner], { signal }),
    select: ({ items }) => items,
  });

export const deliveries = (owner: Owner, id: string) =>
  queryOptions({
    queryKey: ["webhooks", owner, id, "deliveries"],
    queryFn: ({ signal }) => api<wire.Deliveries>(`${ROOT[owner]}/${id}/deliveries`, { signal }),
    select: ({ items }) => items,
    refetchInterval: 5_000,
  });

const refresh = () => queryClient.invalidateQueries({ queryKey: ["webhooks"] });

export const useAddWebhook = (owner: Owner) =>
  useMutation({
    mutationFn: (body: WebhookBody) => api<wire.MadeWebhook>(ROOT[owner], { method: "POST", body }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const useChangeWebhook = (owner: Owner, id: string) =>
  useMutation({
    mutationFn: (body: Partial<WebhookBody>) => api(`${ROOT[owner]}/${id}`, { method: "PATCH", body }),
    onSuccess: refresh,
    meta: { shownInPlace: true },
  });

export const useRemoveWebhook = (owner: Owner) =>
  useMutation({
    mutationFn: (id: string) => api(`${ROOT[owner]}/${id}`, { method: "DELETE" }),
    onSuccess: refresh,
  });

export const useRenewSecret = (owner: Owner, id: string) =>
  useMutation({
    mutationFn: () => api<wire.WebhookSecret>(`${ROOT[owner]}/${id}/secret`, { method: "POST" }),
  });

export const useTestWebhook = (owner: Owner, id: string) =>
  useMutation({
    mutationFn: () => api<wire.Tested>(`${ROOT[owner]}/${id}/test`, { method: "POST" }),
    onSettled: refresh,
  });

export const useRetryDelivery = (owner: Owner, webhook: string) =>
  useMutation({
    mutationFn: (id: string) => api(`${ROOT[owner]}/${webhook}/deliveries/${id}/retry`, { method: "POST" }),
    onSettled: refresh,
  });
