/** Second factors and other ways to log in: authenticator app, passkeys, app passwords. */
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Smartphone, Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import type { AppPassword, Passkey, User } from "~/api/models/accounts";
import {
  appPasswords,
  passkeys,
  useAddAppPassword,
  useAddPasskey,
  useRemoveAppPassword,
  useRemovePasskey,
} from "~/api/security";
import { useMe } from "~/api/users";
import { formatAgo, formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { passkeysSupported } from "~/lib/webauthn";
import { FormError } from "~/ui/account/AuthPage";
import { Button, IconButton } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card, TextField } from "~/ui/Field";
import { Secret } from "~/ui/Secret";
import { Recovery, RecoveryCodes, Totp } from "./totp";

type LineProps = {
  item: Passkey | AppPassword;
  icon: typeof KeyRound;
  question: string;
  hint: string;
  pending: boolean;
  remove: () => void;
};

function Line({ item, icon: Icon, question, hint, pending, remove }: LineProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const used = item.lastUsed ? t.security.used(formatAgo(item.lastUsed)) : t.security.neverUsed;
  return (
    <li className="flex items-center gap-4 py-3 first:pt-0">
      <Icon className="size-5 shrink-0 text-accent-text" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-bold">{item.name}</p>
        <p className="text-sm text-muted">
          {t.security.created(formatDate(item.createdDate))} · {used}
        </p>
      </div>
      <IconButton label={question} size="sm" disabled={pending} onClick={() => dialog.current?.showModal()}>
        <Trash2 />
      </IconButton>
      <ConfirmDialog ref={dialog} title={question} hint={hint} action={t.common.remove} onConfirm={remove} />
    </li>
  );
}

type NameFormProps = {
  label: string;
  action: string;
  pending: boolean;
  error: Error | null;
  testId: string;
  onSubmit: (name: string, done: () => void) => void;
};

function NameForm({ label, action, pending, error, testId, onSubmit }: NameFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    onSubmit(String(new FormData(form).get("name")).trim(), () => form.reset());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-56 flex-1">
          <TextField
            label={label}
            name="name"
            maxLength={64}
            autoComplete="off"
            required
            data-testid={`${testId}-name`}
          />
        </div>
        <Button type="submit" disabled={pending} className="h-12" data-testid={`${testId}-add`}>
          {action}
        </Button>
      </div>
      <FormError error={error} />
    </form>
  );
}

function Passkeys() {
  const list = useQuery(passkeys);
  const add = useAddPasskey();
  const remove = useRemovePasskey();
  if (!list.data) return null;
  return (
    <Card title={t.security.passkeys}>
      <p className="-mt-3 mb-5 text-sm text-muted">{t.security.passkeysHint}</p>
      <ul className="mb-3 divide-y divide-line">
        {list.data.map((passkey) => (
          <Line
            key={passkey.id}
            item={passkey}
            icon={KeyRound}
            question={t.security.passkeyRemove(passkey.name)}
            hint={t.security.passkeyRemoveHint}
            pending={remove.isPending}
            remove={() => remove.mutate(passkey.id)}
          />
        ))}
      </ul>
      {add.data?.recoveryCodes ? (
        <RecoveryCodes codes={add.data.recoveryCodes} onDone={add.reset} />
      ) : passkeysSupported() ? (
        <NameForm
          label={t.security.passkeyName}
          action={t.security.addPasskey}
          pending={add.isPending}
          error={add.error}
          testId="passkey"
          onSubmit={(name, done) => add.mutate(name, { onSuccess: done })}
        />
      ) : (
        <p className="font-semibold text-warn">{t.security.passkeysInsecure}</p>
      )}
    </Card>
  );
}

function AppPasswords({ user }: { user: User }) {
  const list = useQuery(appPasswords);
  const add = useAddAppPassword();
  const remove = useRemoveAppPassword();
  const [fresh, setFresh] = useState<{ name: string; password: string } | null>(null);
  if (!list.data) return null;
  return (
    <Card title={t.security.appPasswords}>
      <p className="-mt-3 mb-5 text-sm text-muted">{t.security.appPasswordsHint}</p>
      <ul className="mb-3 divide-y divide-line">
        {list.data.map((item) => (
          <Line
            key={item.id}
            item={item}
            icon={Smartphone}
            question={t.security.appPasswordRemove(item.name)}
            hint={t.security.appPasswordRemoveHint}
            pending={remove.isPending}
            remove={() => remove.mutate(item.id)}
          />
        ))}
      </ul>
      <NameForm
        label={t.security.appName}
        action={t.security.addAppPassword}
        pending={add.isPending}
        error={add.error}
        testId="app-password"
        onSubmit={(name, done) =>
          add.mutate(name, {
            onSuccess: (made) => {
              setFresh(made);
              done();
            },
          })
        }
      />
      {fresh && (
        <div className="mt-4">
          <Secret
            label={`${t.security.appPasswordNew} “${fresh.name}” (${user.username})`}
            value={fresh.password}
            hint={t.security.shownOnce}
            testId="app-password-secret"
          />
        </div>
      )}
    </Card>
  );
}

export function Security() {
  const me = useMe();
  if (!me) return null;
  const factors = me.secondFactors;
  return (
    <>
      {factors && <Totp on={factors.totp} />}
      <Passkeys />
      {factors && (factors.totp || factors.passkeys > 0) && (
        <Recovery left={factors.recoveryCodes} totp={factors.totp} />
      )}
      <AppPasswords user={me} />
    </>
  );
}
