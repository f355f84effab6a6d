/** The reader's account: picture, names, password, linked accounts, and taking one's data or leaving. */
import { useQuery } from "@tanstack/react-query";
import { Download, Upload } from "lucide-react";
import { type ChangeEvent, type FormEvent, useRef, useState } from "react";
import { providerLink } from "~/api/login";
import type { User } from "~/api/models/accounts";
import { useUnlink } from "~/api/security";
import {
  serverInfo,
  useChangePassword,
  useDeleteMe,
  useExport,
  useMe,
  usePasswordRule,
  useRemoveMyPicture,
  useUpdateMe,
  useUploadPicture,
} from "~/api/users";
import { webLink } from "~/lib/addresses";
import { toSquarePicture } from "~/lib/picture";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Avatar } from "~/ui/Avatar";
import { FormError } from "~/ui/account/AuthPage";
import { OtherServerForm } from "~/ui/admin/OtherServerForm";
import { Button, buttonClass } from "~/ui/Button";
import { ConfirmDialog, Dialog } from "~/ui/Dialog";
import { Card, TextField } from "~/ui/Field";

function Picture({ user }: { user: User }) {
  const upload = useUploadPicture();
  const remove = useRemoveMyPicture();
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const input = event.currentTarget;
    const file = input.files?.[0];
    if (!file) return;
    try {
      upload.mutate(await toSquarePicture(file));
    } catch (error) {
      showToast(error instanceof Error ? error.message : t.settings.notPicture, "error");
    }
    // So that choosing the same file again counts as a choice.
    input.value = "";
  };
  return (
    <div className="mb-6 flex items-center gap-5">
      <Avatar user={user} className="size-20 text-3xl" />
      <div>
        <div className="flex flex-wrap gap-2.5">
          <label className={buttonClass("soft", "sm", "cursor-pointer has-focus-visible:outline-2")}>
            <Upload aria-hidden="true" /> {t.settings.choosePicture}
            <input
              type="file"
              accept="image/*"
              className="sr-only"
              disabled={upload.isPending}
              onChange={(event) => void choose(event)}
              data-testid="picture"
            />
          </label>
          {user.hasPicture !== false && (
            <Button look="ghost" size="sm" disabled={remove.isPending} onClick={() => remove.mutate()}>
              {t.settings.removePicture}
            </Button>
          )}
        </div>
        <p className="mt-1.5 text-sm text-muted">{t.settings.pictureHint}</p>
      </div>
    </div>
  );
}

function Names({ user }: { user: User }) {
  const update = useUpdateMe();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    update.mutate(
      { username: String(form.get("username")), email: String(form.get("email")) },
      { onSuccess: () => showToast(t.common.saved) },
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
      <TextField
        label={t.settings.username}
        name="username"
        autoComplete="username"
        defaultValue={user.username}
        pattern="[^@]+"
        required
      />
      <TextField
        label={t.settings.email}
        name="email"
        type="email"
        autoComplete="email"
        defaultValue={user.email}
        required
      />
      <div className="sm:col-span-2">
        <Button type="submit" disabled={update.isPending}>
          {t.common.save}
        </Button>
      </div>
    </form>
  );
}

function Password({ user }: { user: User }) {
  const change = useChangePassword();
  const rule = usePasswordRule();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    change.mutate(
      {
        oldPassword: user.hasPassword ? String(form.get("old")) : null,
        newPassword: String(form.get("new")),
      },
      {
        onSuccess: () => {
          element.reset();
          showToast(t.settings.passwordChanged);
        },
      },
    );
  };
  return (
    <Card title={t.settings.password}>
      <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
        {user.hasPassword && (
          <TextField
            label={t.settings.oldPassword}
            name="old"
            type="password"
            autoComplete="current-password"
            required
          />
        )}
        <TextField
          label={t.settings.newPassword}
          name="new"
          type="password"
          autoComplete="new-password"
          required
          {...rule}
        />
        <div className="flex flex-col items-start gap-3 sm:col-span-2">
          <FormError error={change.error} />
          <Button type="submit" disabled={change.isPending}>
            {t.settings.changePassword}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function LinkedAccount({ id, name, user }: { id: string; name: string; user: User }) {
  const unlink = useUnlink();
  const dialog = useRef<HTMLDialogElement>(null);
  const linked = user.oidc?.[id];
  const profile = webLink(linked?.profileUrl);
  return (
    <li className="flex items-center gap-4 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <p className="truncate font-bold">{name}</p>
        <p className="truncate text-sm text-muted">
          {linked ? (
            profile ? (
              <a href={profile} target="_blank" rel="noreferrer" className="hover:underline">
                {t.settings.linkedAs(linked.username)}
              </a>
            ) : (
              t.settings.linkedAs(linked.username)
            )
          ) : (
            t.settings.notLinked
          )}
        </p>
      </div>
      {linked ? (
        <Button
          look="danger"
          size="sm"
          disabled={unlink.isPending}
          onClick={() => dialog.current?.showModal()}
        >
          {t.settings.unlink}
        </Button>
      ) : (
        <a href={providerLink(id, { link: true })} className={buttonClass("soft", "sm")}>
          {t.settings.link}
        </a>
      )}
      <ConfirmDialog
        ref={dialog}
        title={t.settings.unlinkQuestion(name)}
        hint={t.settings.unlinkHint}
        action={t.settings.unlink}
        onConfirm={() => unlink.mutate(id)}
      />
    </li>
  );
}

function LinkedAccounts({ user }: { user: User }) {
  const info = useQuery(serverInfo).data;
  const known = info?.oidc ?? {};
  // Links to providers that are no longer configured can still be taken away.
  const ids = [...new Set([...Object.keys(known), ...Object.keys(user.oidc ?? {})])];
  if (!ids.length && !info?.features?.federation) return null;
  return (
    <Card title={t.settings.links}>
      <p className="-mt-3 mb-4 text-sm text-muted">{t.settings.linksHint}</p>
      <ul className="divide-y divide-line">
        {ids.map((id) => (
          <LinkedAccount key={id} id={id} name={known[id]?.name ?? id} user={user} />
        ))}
      </ul>
      {info?.features?.federation && (
        <div className="mt-5 border-line border-t pt-5">
          <OtherServerForm link />
        </div>
      )}
    </Card>
  );
}

function Data({ user }: { user: User }) {
  const remove = useDeleteMe();
  const exporting = useExport();
  const exportable = useQuery(serverInfo).data?.features !== undefined;
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  return (
    <Card title={t.settings.data}>
      <ul className="divide-y divide-line [&>li]:flex [&>li]:flex-wrap [&>li]:items-center [&>li]:justify-between [&>li]:gap-x-6 [&>li]:gap-y-3">
        {exportable && (
          <li className="pb-4">
            <p className="min-w-52 flex-1 text-muted">{t.settings.exportHint}</p>
            <Button
              look="soft"
              size="sm"
              disabled={exporting.isPending}
              onClick={() => exporting.mutate()}
              data-testid="export"
            >
              <Download aria-hidden="true" /> {t.settings.export}
            </Button>
          </li>
        )}
        <li className={exportable ? "pt-4" : ""}>
          <p className="min-w-52 flex-1 text-muted">{t.settings.deleteHint}</p>
          <Button
            look="danger"
            size="sm"
            onClick={() => dialog.current?.showModal()}
            data-testid="delete-account"
          >
            {t.settings.deleteAccount}
          </Button>
        </li>
      </ul>
      <Dialog ref={dialog} title={t.settings.deleteQuestion} hint={t.settings.deleteHint}>
        <form
          className="mt-5 flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            remove.mutate();
          }}
        >
          <TextField
            label={t.settings.deleteConfirm(user.username)}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            data-testid="delete-account-name"
          />
          <FormError error={remove.error} />
          <div className="flex flex-wrap justify-end gap-3">
            <Button look="soft" onClick={() => dialog.current?.close()}>
              {t.common.cancel}
            </Button>
            <Button
              type="submit"
              look="danger"
              disabled={typed !== user.username || remove.isPending}
              data-testid="delete-account-submit"
            >
              {t.settings.deleteAccount}
            </Button>
          </div>
        </form>
      </Dialog>
    </Card>
  );
}

export function Account() {
  const me = useMe();
  if (!me) return null;
  return (
    <>
      <Card title={t.settings.account}>
        <Picture user={me} />
        <Names key={me.id} user={me} />
      </Card>
      <Password user={me} />
      <LinkedAccounts user={me} />
      <Data user={me} />
    </>
  );
}
