/** The webhooks of this server, their tests and their logs. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import { queryClient } from "./queries";

export type WebhookForm = "json" | "discord" | "ntfy" | "gotify";

export type Webhook = {
  id: string;
  name: string;
  form: WebhookForm;
  origin: string;
  events: string[];
  private: boolean;
  enabled: boolean;
  reason: string | null;
  failingSince: string | null;
};

export type Delivery = {
  id: string;
  type: string;
  state: "waiting" | "done" | "failed";
  tries: number;
  status: number | null;
  reason: string | null;
  createdAt: string;
};

export type WebhookBody = {
  name: string;
  form?: WebhookForm;
  url?: string;
  token?: string;
  events: string[];
  private: boolean;
  enabled: boolean;
};

const ROOT = "/api/webhooks";

export const webhooks = queryOptions({
  queryKey: ["webhooks"],
  queryFn: ({ signal }) => api<{ items: Webhook[] }>(ROOT, { signal }),
  select: ({ items }) => items,
});

export const deliveries = (id: string) =>
  queryOptions({
    queryKey: ["webhooks", id, "deliveries"],
    queryFn: ({ signal }) => api<{ items: Delivery[] }>(`${ROOT}/${id}/deliveries`, { signal }),
    select: ({ items }) => items,
    refetchInterval: 5_000,
  });

const refresh = () => queryClient.invalidateQueries({ queryKey: ["webhooks"] });

export const useAddWebhook = () =>
  useMutation({
    mutationFn: (body: WebhookBody) => api<Webhook & { secret: string }>(ROOT, { method: "POST", body }),
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
    mutationFn: () => api<{ secret: string }>(`${ROOT}/${id}/secret`, { method: "POST" }),
  });

export const useTestWebhook = (id: string) =>
  useMutation({
    mutationFn: () =>
      api<{ status: number | null; reason: string | null }>(`${ROOT}/${id}/test`, { method: "POST" }),
    onSettled: refresh,
  });

export const useRetryDelivery = (webhook: string) =>
  useMutation({
    mutationFn: (id: string) => api(`${ROOT}/${webhook}/deliveries/${id}/retry`, { method: "POST" }),
    onSettled: refresh,
  });
