/** Chooses the order that the episodes of a serie are shown in, as far as a provider has several. */
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { EpisodeOrder as Order } from "~/api/models/scanner";
import { episodeOrders, useChooseOrder } from "~/api/scanner";
import { may, useMe } from "~/api/users";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { FormError } from "~/ui/account/AuthPage";
import { Card, SelectField } from "~/ui/Field";

const unchosen = "";
const keyOf = ({ provider, order }: Order) => `${provider}/${order}`;

const nameOf = ({ provider, order, name }: Order & { name: string }) =>
  t.edit.orderOf(
    (t.edit.orders as Record<string, string>)[order] ?? name,
    (t.edit.providers as Record<string, string>)[provider] ?? provider,
  );

export function EpisodeOrder({ slug }: { slug: string }) {
  const me = useMe();
  const id = useId();
  const query = useQuery({ ...episodeOrders(slug), enabled: may(me, "scanner.search") });
  const choose = useChooseOrder(slug);
  const chosen = query.data?.chosen ?? null;
  // The order of airing of a provider is what there is without a choice.
  const items = (query.data?.items ?? []).filter((item) => item.order !== "official");
  const known =
    chosen && !items.some((item) => keyOf(item) === keyOf(chosen))
      ? [{ ...chosen, name: chosen.order }, ...items]
      : items;
  if (!may(me, "scanner.add") || !known.length) return null;
  const take = (order: Order | undefined, follow: boolean) =>
    choose.mutate(order ? { provider: order.provider, order: order.order, follow } : null, {
      onSuccess: () => showToast(t.edit.orderTaken),
    });
  return (
    <Card title={t.edit.order}>
      <p className="mb-5 text-muted text-pretty">{t.edit.orderHint}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField<string>
          label={t.edit.orderLabel}
          value={chosen ? keyOf(chosen) : unchosen}
          options={{
            [unchosen]: t.edit.orders.official,
            ...Object.fromEntries(known.map((item) => [keyOf(item), nameOf(item)])),
          }}
          onChange={(value) =>
            take(
              known.find((item) => keyOf(item) === value),
              chosen?.follow ?? false,
            )
          }
        />
        {chosen && (
          <label htmlFor={id} className="flex items-center gap-3 self-end py-3 text-sm font-semibold">
            <input
              id={id}
              type="checkbox"
              className="size-5 accent-accent"
              checked={chosen.follow}
              onChange={(event) => take(chosen, event.target.checked)}
            />
            {t.edit.orderFollow}
          </label>
        )}
      </div>
      <FormError error={choose.error} />
    </Card>
  );
}
