/** API keys for other programs. */
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { apiKeys, useAddApiKey, useRemoveApiKey } from "~/api/accounts";
import type { ApiKey } from "~/api/models/accounts";
import { may, useMe } from "~/api/users";
import { formatAgo, formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { FormError } from "~/ui/account/AuthPage";
import { PermissionPicker } from "~/ui/admin/PermissionPicker";
import { Button, IconButton } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card, TextField } from "~/ui/Field";
import { Secret } from "~/ui/Secret";
import { Waiting } from "~/ui/states";

/** Keys of the configuration carry the zero date. */
const isConfigured = (key: ApiKey) => key.createAt.startsWith("0001-");

function KeyLine({ apiKey, editable }: { apiKey: ApiKey; editable: boolean }) {
  const remove = useRemoveApiKey();
  const dialog = useRef<HTMLDialogElement>(null);
  const configured = isConfigured(apiKey);
  return (
    <li className="flex items-center gap-4 py-3 first:pt-0 last:pb-0" data-testid="api-key">
      <KeyRound className="size-5 shrink-0 text-accent-text" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-bold">{apiKey.name}</p>
        <p className="text-sm text-muted">
          {configured
            ? t.keys.configured
            : `${t.security.created(formatDate(apiKey.createAt))} · ${t.security.used(formatAgo(apiKey.lastUsed))}`}
        </p>
        <p className="text-sm break-words text-muted">{apiKey.claims.permissions?.join(", ")}</p>
      </div>
      {editable && !configured && (
        <IconButton
          label={t.keys.remove(apiKey.name)}
          size="sm"
          disabled={remove.isPending}
          onClick={() => dialog.current?.showModal()}
        >
          <Trash2 />
        </IconButton>
      )}
      <ConfirmDialog
        ref={dialog}
        title={t.keys.remove(apiKey.name)}
        hint={t.keys.removeHint}
        action={t.common.delete}
        onConfirm={() => remove.mutate(apiKey.id)}
      />
    </li>
  );
}

function AddKey({ grantable }: { grantable: string[] }) {
  const add = useAddApiKey();
  const [permissions, setPermissions] = useState<string[]>([]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name"));
    add.mutate({ name, claims: { permissions } }, { onSuccess: () => form.reset() });
  };
  return (
    <Card title={t.keys.add}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t.keys.name}
          name="name"
          pattern="[A-Za-z]+"
          maxLength={256}
          autoComplete="off"
          required
          data-testid="api-key-name"
        />
        <PermissionPicker value={permissions} grantable={grantable} onChange={setPermissions} />
        <FormError error={add.error} />
        <div>
          <Button type="submit" disabled={add.isPending} data-testid="api-key-create">
            {t.keys.create}
          </Button>
        </div>
      </form>
      {add.data && (
        <div className="mt-5">
          <Secret
            label={`${t.keys.new} “${add.data.name}”`}
            value={add.data.token}
            hint={t.security.shownOnce}
            testId="api-key-secret"
          />
        </div>
      )}
    </Card>
  );
}

export function AdminKeys() {
  const me = useMe();
  const list = useQuery(apiKeys);
  const editable = may(me, "apikeys.write");
  return (
    <>
      <Card title={t.keys.title}>
        <p className="-mt-3 mb-5 text-sm text-muted">{t.keys.hint}</p>
        <Waiting query={list} />
        {list.data?.length === 0 && <p className="text-muted">{t.keys.none}</p>}
        <ul className="divide-y divide-line">
          {list.data?.map((key) => (
            <KeyLine key={key.id} apiKey={key} editable={editable} />
          ))}
        </ul>
      </Card>
      {editable && <AddKey grantable={me?.claims.permissions ?? []} />}
    </>
  );
}
