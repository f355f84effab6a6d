/** Invitations: links that make one account each. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Mail, Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { invitations, useInvite, useWithdrawInvitation } from "~/api/accounts";
import type { Invitation, Limits } from "~/api/models/accounts";
import { useMe, useOffered } from "~/api/users";
import { formatMoment } from "~/lib/format";
import { roleOf, roles } from "~/lib/permissions";
import { t } from "~/lib/strings";
import { FormError } from "~/ui/account/AuthPage";
import { LimitPicker } from "~/ui/admin/LimitPicker";
import { PermissionPicker } from "~/ui/admin/PermissionPicker";
import { Button, IconButton } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card, SelectField, TextField } from "~/ui/Field";
import { Secret } from "~/ui/Secret";
import { More, Waiting } from "~/ui/states";

type Duration = keyof typeof t.invitations.durations;

function Invite() {
  const me = useMe();
  const invite = useInvite();
  const [permissions, setPermissions] = useState<string[]>([...roles.viewer]);
  const [duration, setDuration] = useState<Duration>("604800");
  const limitable = useOffered("/api/libraries");
  const [limits, setLimits] = useState<Limits>({ libraries: null, maxAge: null });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const note = String(new FormData(form).get("note")).trim();
    invite.mutate(
      {
        claims: { permissions, verified: true, ...(limitable && limits) },
        expiresIn: Number(duration),
        note: note || undefined,
      },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <Card title={t.invitations.title}>
      <p className="-mt-3 mb-5 text-sm text-muted">{t.invitations.hint}</p>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t.invitations.note}
            name="note"
            maxLength={256}
            autoComplete="off"
            data-testid="invitation-note"
          />
          <SelectField<Duration>
            label={t.invitations.expires}
            value={duration}
            options={t.invitations.durations}
            onChange={setDuration}
          />
        </div>
        <PermissionPicker
          value={permissions}
          grantable={me?.claims.permissions ?? []}
          onChange={setPermissions}
        />
        {limitable && <LimitPicker value={limits} onChange={setLimits} />}
        <FormError error={invite.error} />
        <div>
          <Button type="submit" disabled={invite.isPending} data-testid="invitation-create">
            {t.invitations.create}
          </Button>
        </div>
      </form>
      {invite.data && (
        <div className="mt-5">
          <Secret
            label={t.invitations.link}
            value={invite.data.url}
            hint={t.user.goodUntil(formatMoment(invite.data.expireAt))}
            testId="invitation-link"
          />
        </div>
      )}
    </Card>
  );
}

function InvitationLine({ invitation }: { invitation: Invitation }) {
  const withdraw = useWithdrawInvitation();
  const dialog = useRef<HTMLDialogElement>(null);
  const permissions = invitation.claims.permissions ?? [];
  const role = roleOf(permissions);
  const expired = Date.parse(invitation.expireAt) < Date.now();
  return (
    <li className="flex items-center gap-4 py-3 first:pt-0 last:pb-0" data-testid="invitation">
      <Mail className="size-5 shrink-0 text-accent-text" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-bold">{invitation.note ?? t.invitations.noNote}</p>
        <p className="text-sm text-muted">
          {role ? t.permissions.roles[role] : t.invitations.permissionCount(permissions.length)} ·{" "}
          {expired ? t.invitations.expired : t.invitations.until(formatMoment(invitation.expireAt))}
        </p>
      </div>
      <IconButton
        label={t.invitations.withdraw}
        size="sm"
        disabled={withdraw.isPending}
        onClick={() => dialog.current?.showModal()}
      >
        <Trash2 />
      </IconButton>
      <ConfirmDialog
        ref={dialog}
        title={`${t.invitations.withdraw}?`}
        action={t.invitations.withdraw}
        onConfirm={() => withdraw.mutate(invitation.id)}
      />
    </li>
  );
}

export function AdminInvitations() {
  const list = useInfiniteQuery(invitations);
  return (
    <>
      <Invite />
      <Card title={t.invitations.open}>
        <Waiting query={list} />
        {list.data?.length === 0 && <p className="text-muted">{t.invitations.none}</p>}
        <ul className="divide-y divide-line">
          {list.data?.map((invitation) => (
            <InvitationLine key={invitation.id} invitation={invitation} />
          ))}
        </ul>
        <More query={list} />
      </Card>
    </>
  );
}
