/** Where metadata comes from: how each service is, and the keys of those that want one. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Provider } from "~/api/models/scanner";
import { providerStates, useRemoveProviderKey, useStoreProviderKey } from "~/api/scanner";
import { may, useMe } from "~/api/users";
import { formatAgo } from "~/lib/format";
import { t } from "~/lib/strings";
import { FormError } from "~/ui/account/AuthPage";
import { Button } from "~/ui/Button";
import { Card, TextField } from "~/ui/Field";
import { Waiting } from "~/ui/states";

const texts = t.metadata;
const link = "font-semibold text-accent-text hover:underline";

function KeyForm({ provider }: { provider: Provider }) {
  const store = useStoreProviderKey();
  const [open, setOpen] = useState(provider.key === "none");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const pin = String(data.get("pin") ?? "").trim();
    const key = String(data.get("key")).trim();
    store.mutate(
      { name: provider.name, key, ...(pin && { pin }) },
      {
        onSuccess: () => {
          form.reset();
          setOpen(false);
        },
      },
    );
  };
  if (!open) {
    return (
      <Button size="sm" look="soft" onClick={() => setOpen(true)}>
        {texts.replaceKey}
      </Button>
    );
  }
  return (
    <form
      onSubmit={submit}
      className="mt-3 flex max-w-md flex-col gap-3"
      data-testid={`key-${provider.name}`}
    >
      <TextField
        label={texts.keyOf(provider.label)}
        name="key"
        type="password"
        autoComplete="off"
        maxLength={2000}
        required
      />
      {provider.hasPin && (
        <TextField label={texts.pin} hint={texts.pinHint} name="pin" type="password" autoComplete="off" />
      )}
      <FormError error={store.error} />
      <div className="flex items-center gap-4">
        <Button type="submit" size="sm" disabled={store.isPending}>
          {store.isPending ? texts.trying : texts.saveKey}
        </Button>
        {provider.keyPage && (
          <a href={provider.keyPage} target="_blank" rel="noreferrer" className={`text-sm ${link}`}>
            {texts.getKey}
          </a>
        )}
      </div>
    </form>
  );
}

function Line({ provider, editable }: { provider: Provider; editable: boolean }) {
  const remove = useRemoveProviderKey();
  const well = provider.state === "ok";
  const bad = provider.state === "down" || provider.state === "refused";
  const facts = [
    texts.states[provider.state] ?? provider.state,
    provider.message,
    provider.shows > 0 && texts.titles(provider.shows),
    provider.answeredAt && texts.answered(formatAgo(provider.answeredAt)),
    provider.key === "option" && texts.byOperator,
  ].filter(Boolean);
  return (
    <li className="py-4 first:pt-0 last:pb-0" data-testid="provider">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <a href={provider.link} target="_blank" rel="noreferrer" className="font-bold hover:underline">
          {provider.label}
        </a>
        <span className={`text-sm ${well ? "text-good" : bad ? "text-bad" : "text-muted"}`}>
          {facts.join(" · ")}
        </span>
      </div>
      <p className="mt-1 text-sm text-muted">{texts.about[provider.name] ?? provider.credit}</p>
      {editable && provider.canStore && <KeyForm provider={provider} />}
      {editable && provider.key === "stored" && (
        <Button
          size="sm"
          look="soft"
          disabled={remove.isPending}
          onClick={() => remove.mutate(provider.name)}
        >
          {texts.removeKey}
        </Button>
      )}
    </li>
  );
}

export function AdminMetadata() {
  const me = useMe();
  const list = useQuery(providerStates);
  return (
    <Card title={texts.title}>
      <p className="-mt-3 mb-5 text-sm text-muted">{texts.hint}</p>
      <Waiting query={list} />
      {list.data && list.data.waiting > 0 && (
        <p className="mb-4 text-sm">{texts.waiting(list.data.waiting)}</p>
      )}
      <ul className="divide-y divide-line">
        {list.data?.items.map((provider) => (
          <Line key={provider.name} provider={provider} editable={may(me, "core.write")} />
        ))}
      </ul>
      <ul className="mt-6 text-xs text-muted">
        {list.data?.items.map(({ name, credit }) => (
          <li key={name}>{credit}</li>
        ))}
      </ul>
    </Card>
  );
}
