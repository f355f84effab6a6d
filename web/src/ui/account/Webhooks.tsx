/** Webhooks, the administrators' and one's own: the form, a line for each, whether it arrives, and what was told last. */
import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import {
  deliveries,
  type Owner,
  useAddWebhook,
  useChangeWebhook,
  useRemoveWebhook,
  useRenewSecret,
  useRetryDelivery,
  useTestWebhook,
  type Webhook,
  type WebhookBody,
  type WebhookForm,
  webhooks,
} from "~/api/webhooks";
import { formatAgo, formatMoment } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Button, IconButton } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card, SelectField, TextField } from "~/ui/Field";
import { Secret } from "~/ui/Secret";
import { Waiting } from "~/ui/states";
import { FormError } from "./AuthPage";

const own = Object.keys(t.webhooks.names).filter((name) => /^play\.|\.scored$/.test(name));
const offered = {
  server: Object.keys(t.webhooks.names).filter((name) => name !== "test"),
  own,
};
const usual = { server: ["play.started", "play.stopped", "title.added"], own };

const Tick = ({
  label,
  hint,
  ...props
}: { label: string; hint?: string } & React.ComponentProps<"input">) => (
  <label className="flex items-center gap-3 rounded-xl px-2 py-1.5 text-sm font-semibold hover:bg-raised">
    <input type="checkbox" className="size-4.5 shrink-0 accent-accent" {...props} />
    <span>
      {label}
      {hint && <span className="block text-xs font-medium text-muted">{hint}</span>}
    </span>
  </label>
);

type FormProps = {
  owner: Owner;
  hook?: Webhook;
  error: Error | null;
  pending: boolean;
  onSave: (body: WebhookBody, form: HTMLFormElement) => void;
};

function WebhookFields({ owner, hook, error, pending, onSave }: FormProps) {
  const [form, setForm] = useState<WebhookForm>(hook?.form ?? "json");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string) => String(data.get(name) ?? "").trim() || undefined;
    onSave(
      {
        name: text("name") ?? "",
        form: hook ? undefined : form,
        url: text("url"),
        token: text("token"),
        events: data.getAll("events").map(String),
        ...(owner === "server" && { private: data.has("private") }),
        enabled: data.has("enabled"),
      },
      event.currentTarget,
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={t.webhooks.name}
        name="name"
        maxLength={100}
        required
        autoComplete="off"
        defaultValue={hook?.name}
      />
      {!hook && (
        <SelectField<WebhookForm>
          label={t.webhooks.form}
          value={form}
          options={t.webhooks.forms}
          onChange={setForm}
        />
      )}
      <TextField
        label={t.webhooks.url}
        hint={hook ? t.webhooks.urlKept(hook.origin) : t.webhooks.urlHints[form]}
        name="url"
        type="url"
        required={!hook}
        autoComplete="off"
        spellCheck={false}
      />
      {form !== "discord" && (
        <TextField
          label={t.webhooks.token}
          hint={t.webhooks.tokenHint}
          name="token"
          type="password"
          autoComplete="off"
        />
      )}
      <fieldset>
        <legend className="mb-2 text-sm font-bold">{t.webhooks.events}</legend>
        <div className="grid gap-x-5 gap-y-1 sm:grid-cols-2">
          {offered[owner].map((name) => (
            <Tick
              key={name}
              label={t.webhooks.names[name] ?? name}
              name="events"
              value={name}
              defaultChecked={(hook?.events ?? usual[owner]).includes(name)}
            />
          ))}
        </div>
      </fieldset>
      <div>
        {owner === "server" && (
          <Tick
            label={t.webhooks.private}
            hint={t.webhooks.privateHint}
            name="private"
            defaultChecked={hook?.private}
          />
        )}
        <Tick label={t.webhooks.enabled} name="enabled" defaultChecked={hook?.enabled ?? true} />
      </div>
      <FormError error={error} />
      <Button type="submit" className="self-end" disabled={pending} data-testid="webhook-save">
        {hook ? t.common.save : t.webhooks.add}
      </Button>
    </form>
  );
}

type OfHook = { owner: Owner; hook: Webhook };

function Log({ owner, hook }: OfHook) {
  const list = useQuery(deliveries(owner, hook.id));
  const retry = useRetryDelivery(owner, hook.id);
  return (
    <>
      <Waiting query={list} />
      {list.data?.length === 0 && <p className="mt-2 text-sm text-muted">{t.webhooks.empty}</p>}
      <ul className="mt-2 divide-y divide-line" data-testid="webhook-log">
        {list.data?.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 text-sm">
            <span className="font-semibold">{t.webhooks.names[one.type] ?? one.type}</span>
            <span className="text-muted">{formatMoment(one.createdAt)}</span>
            <span className={one.state === "failed" ? "text-bad" : "text-muted"}>
              {t.webhooks.states[one.state]}
              {one.tries > 1 && ` · ${t.webhooks.tries(one.tries)}`}
              {one.reason && ` · ${one.reason}`}
            </span>
            {one.state === "failed" && one.type !== "test" && hook.enabled && (
              <Button look="soft" size="sm" disabled={retry.isPending} onClick={() => retry.mutate(one.id)}>
                {t.webhooks.retry}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Renew({ owner, hook }: OfHook) {
  const renew = useRenewSecret(owner, hook.id);
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button look="soft" size="sm" onClick={() => dialog.current?.showModal()}>
        {t.webhooks.renew}
      </Button>
      <ConfirmDialog
        ref={dialog}
        title={t.webhooks.renew}
        hint={t.webhooks.renewHint}
        action={t.webhooks.renew}
        onConfirm={() => renew.mutate()}
      />
      {renew.data && (
        <div className="w-full">
          <Secret label={t.webhooks.secret} value={renew.data.secret} hint={t.security.shownOnce} />
        </div>
      )}
    </>
  );
}

function Line({ owner, hook }: OfHook) {
  const change = useChangeWebhook(owner, hook.id);
  const remove = useRemoveWebhook(owner);
  const test = useTestWebhook(owner, hook.id);
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState<"" | "edit" | "log">("");
  const state = !hook.enabled
    ? t.webhooks.off
    : hook.failingSince && t.webhooks.failing(formatAgo(hook.failingSince));
  return (
    <li className="py-4 first:pt-0 last:pb-0" data-testid="webhook">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-bold">{hook.name}</p>
          <p className="text-sm break-words text-muted">
            {t.webhooks.forms[hook.form]} · {hook.origin}
          </p>
          {state && (
            <p className="text-sm font-semibold text-bad">
              {state}
              {hook.reason && `: ${hook.reason}`}
            </p>
          )}
        </div>
        <IconButton
          label={t.webhooks.remove(hook.name)}
          size="sm"
          onClick={() => dialog.current?.showModal()}
        >
          <Trash2 />
        </IconButton>
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button look="soft" size="sm" disabled={test.isPending} onClick={() => test.mutate()}>
          {t.webhooks.test}
        </Button>
        <Button
          look="soft"
          size="sm"
          aria-expanded={open === "log"}
          onClick={() => setOpen(open === "log" ? "" : "log")}
        >
          {t.webhooks.log}
        </Button>
        <Button
          look="soft"
          size="sm"
          aria-expanded={open === "edit"}
          onClick={() => setOpen(open === "edit" ? "" : "edit")}
        >
          {t.webhooks.edit}
        </Button>
        <Renew owner={owner} hook={hook} />
      </div>
      <p
        role="status"
        className={`text-sm font-semibold ${test.data ? "mt-2" : ""} ${test.data?.reason ? "text-bad" : "text-good"}`}
      >
        {test.data && (test.data.reason ?? t.webhooks.arrived(test.data.status))}
      </p>
      {open === "log" && <Log owner={owner} hook={hook} />}
      {open === "edit" && (
        <div className="mt-4">
          <WebhookFields
            owner={owner}
            hook={hook}
            error={change.error}
            pending={change.isPending}
            onSave={(body) =>
              change.mutate(body, {
                onSuccess: () => {
                  setOpen("");
                  showToast(t.common.saved);
                },
              })
            }
          />
        </div>
      )}
      <ConfirmDialog
        ref={dialog}
        title={t.webhooks.remove(hook.name)}
        hint={t.webhooks.removeHint}
        action={t.common.delete}
        onConfirm={() => remove.mutate(hook.id)}
      />
    </li>
  );
}

/** Those of an owner, and the form for another one. */
export function WebhookCards({ owner }: { owner: Owner }) {
  const list = useQuery(webhooks(owner));
  const add = useAddWebhook(owner);
  const [made, setMade] = useState(0);
  const texts = owner === "server" ? t.webhooks : { ...t.webhooks, ...t.webhooks.own };
  return (
    <>
      <Card title={texts.title}>
        <p className="-mt-3 mb-5 text-sm text-muted text-pretty">{texts.hint}</p>
        <Waiting query={list} />
        {list.data?.length === 0 && <p className="text-muted">{texts.none}</p>}
        <ul className="divide-y divide-line">
          {list.data?.map((hook) => (
            <Line key={hook.id} owner={owner} hook={hook} />
          ))}
        </ul>
      </Card>
      <Card title={texts.add}>
        <WebhookFields
          key={made}
          owner={owner}
          error={add.error}
          pending={add.isPending}
          onSave={(body) => add.mutate(body, { onSuccess: () => setMade(made + 1) })}
        />
        {add.data && (
          <div className="mt-5">
            <Secret
              label={`${t.webhooks.secret}: ${add.data.name}`}
              value={add.data.secret}
              hint={t.security.shownOnce}
              testId="webhook-secret"
            />
          </div>
        )}
      </Card>
    </>
  );
}
