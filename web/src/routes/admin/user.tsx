/** One account: its state, permissions, devices, a link for a new password, and its end. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Ban, Bookmark, CircleCheck, ImageOff, ScrollText, ShieldOff, Trash2, UserCheck } from "lucide-react";
import { useRef, useState } from "react";
import {
  sessionsOf,
  type UserChanges,
  useDeleteUser,
  useEditUser,
  useEndSession,
  useRemovePicture,
  useRemoveSecondFactors,
  useResetLink,
  user as userQuery,
} from "~/api/accounts";
import type { Limits, PlayLimits, User } from "~/api/models/accounts";
import { may, useMe, useOffered, waits } from "~/api/users";
import { formatAgo, formatDate, formatMoment } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Avatar } from "~/ui/Avatar";
import { SessionLine } from "~/ui/account/SessionLine";
import { LimitPicker } from "~/ui/admin/LimitPicker";
import { PermissionPicker } from "~/ui/admin/PermissionPicker";
import { PlayLimitPicker } from "~/ui/admin/PlayLimitPicker";
import { Button, ButtonLink } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card } from "~/ui/Field";
import { Secret } from "~/ui/Secret";
import { Failure, Spinner, Waiting } from "~/ui/states";
import { UserState } from "./users";

const route = getRouteApi("/frame/admin/users/$id");

type Props = { user: User; me: User };

function State({ user, me }: Props) {
  const edit = useEditUser(user.id);
  const remove = useDeleteUser(user.id);
  const removePicture = useRemovePicture(user.id);
  const removeFactors = useRemoveSecondFactors(user.id);
  const navigate = useNavigate();
  const unsecuring = useRef<HTMLDialogElement>(null);
  const disabling = useRef<HTMLDialogElement>(null);
  const deleting = useRef<HTMLDialogElement>(null);
  const hasAudit = useOffered("/auth/audit", may(me, "users.read"));
  const own = user.id === me.id;
  const writes = may(me, "users.write");
  const links = Object.entries(user.oidc ?? {});
  return (
    <section className="rounded-3xl border border-line bg-surface p-5 md:p-7">
      <div className="flex items-center gap-5">
        <Avatar user={user} className="size-16 text-2xl" />
        <div className="min-w-0">
          <h2 className="truncate text-xl font-bold" data-testid="user-name">
            {user.username}
          </h2>
          <p className="truncate text-sm text-muted">{user.email}</p>
          <p className="text-sm text-muted">
            <UserState user={user} /> · {t.user.joined(formatDate(user.createdDate))} ·{" "}
            {t.admin.lastSeen(formatAgo(user.lastSeen))}
          </p>
          {links.length > 0 && (
            <p className="truncate text-sm text-muted">
              {t.user.links}: {links.map(([provider, link]) => `${provider} (${link.username})`).join(", ")}
            </p>
          )}
        </div>
      </div>
      {own && <p className="mt-4 text-sm text-muted">{t.user.you}</p>}
      <div className="mt-5 flex flex-wrap gap-2.5">
        {waits(user) && writes && (
          <Button
            size="sm"
            disabled={edit.isPending}
            onClick={() => edit.mutate({ claims: { verified: true } })}
          >
            <UserCheck aria-hidden="true" /> {t.admin.verify}
          </Button>
        )}
        {writes && user.disabled && (
          <Button
            size="sm"
            disabled={edit.isPending}
            onClick={() => edit.mutate({ disabled: false })}
            data-testid="user-enable"
          >
            <CircleCheck aria-hidden="true" /> {t.user.enable}
          </Button>
        )}
        <ButtonLink to="/profiles/$slug" params={{ slug: user.id }} look="soft" size="sm">
          <Bookmark aria-hidden="true" /> {t.user.watched}
        </ButtonLink>
        {hasAudit && (
          <ButtonLink to="/admin/audit" search={{ user: user.id }} look="soft" size="sm">
            <ScrollText aria-hidden="true" /> {t.user.activity}
          </ButtonLink>
        )}
        {writes && user.hasPicture !== false && (
          <Button
            look="soft"
            size="sm"
            disabled={removePicture.isPending}
            onClick={() =>
              removePicture.mutate(undefined, { onSuccess: () => showToast(t.user.pictureRemoved) })
            }
          >
            <ImageOff aria-hidden="true" /> {t.user.removePicture}
          </Button>
        )}
        {writes && !own && user.disabled !== undefined && (
          <Button
            look="soft"
            size="sm"
            disabled={removeFactors.isPending}
            onClick={() => unsecuring.current?.showModal()}
            data-testid="user-remove-factors"
          >
            <ShieldOff aria-hidden="true" /> {t.user.removeFactors}
          </Button>
        )}
        {writes && !own && user.disabled === false && (
          <Button
            look="danger"
            size="sm"
            disabled={edit.isPending}
            onClick={() => disabling.current?.showModal()}
            data-testid="user-disable"
          >
            <Ban aria-hidden="true" /> {t.user.disable}
          </Button>
        )}
        {may(me, "users.delete") && !own && (
          <Button
            look="danger"
            size="sm"
            disabled={remove.isPending}
            onClick={() => deleting.current?.showModal()}
            data-testid="user-delete"
          >
            <Trash2 aria-hidden="true" /> {t.common.delete}
          </Button>
        )}
      </div>
      <ConfirmDialog
        ref={unsecuring}
        title={t.user.removeFactorsQuestion(user.username)}
        hint={t.user.removeFactorsHint}
        action={t.user.removeFactors}
        onConfirm={() =>
          removeFactors.mutate(undefined, { onSuccess: () => showToast(t.user.factorsRemoved) })
        }
      />
      <ConfirmDialog
        ref={disabling}
        title={t.user.disableQuestion(user.username)}
        hint={t.user.disableHint}
        action={t.user.disable}
        onConfirm={() => edit.mutate({ disabled: true })}
        testId="user-disable-confirm"
      />
      <ConfirmDialog
        ref={deleting}
        title={t.admin.deleteUser(user.username)}
        hint={t.admin.deleteUserHint}
        action={t.common.delete}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/admin/users" }) })}
        testId="user-delete-confirm"
      />
    </section>
  );
}

type SaveProps = { user: User; claims: UserChanges["claims"] | null; onSaved: () => void; testId: string };

/** Waits for a change. */
function Save({ user, claims, onSaved, testId }: SaveProps) {
  const edit = useEditUser(user.id);
  const saved = () => {
    onSaved();
    showToast(t.common.saved);
  };
  return (
    <Button
      className="mt-5"
      disabled={!claims || edit.isPending}
      data-testid={testId}
      onClick={() => claims && edit.mutate({ claims }, { onSuccess: saved })}
    >
      {t.common.save}
    </Button>
  );
}

function Permissions({ user, me }: Props) {
  const held = user.claims.permissions ?? [];
  const [chosen, setChosen] = useState<string[] | null>(null);
  const value = chosen ?? held;
  const own = user.id === me.id;
  return (
    <Card title={t.permissions.title}>
      <PermissionPicker
        value={value}
        grantable={me.claims.permissions ?? []}
        fixed={own ? ["users.write"] : []}
        onChange={setChosen}
      />
      {own && <p className="mt-3 text-sm text-muted">{t.permissions.own}</p>}
      <Save
        user={user}
        claims={chosen && { permissions: chosen }}
        onSaved={() => setChosen(null)}
        testId="permissions-save"
      />
    </Card>
  );
}

function Access({ user }: { user: User }) {
  const { libraries = null, maxAge = null } = user.claims;
  const [chosen, setChosen] = useState<Limits | null>(null);
  return (
    <Card title={t.limits.title}>
      <LimitPicker value={chosen ?? { libraries, maxAge }} onChange={setChosen} />
      <Save user={user} claims={chosen} onSaved={() => setChosen(null)} testId="limits-save" />
    </Card>
  );
}

function Playing({ user }: { user: User }) {
  const { maxStreams = null, maxHeight = null, maxBitrate = null, maxLocalBitrate = null } = user.claims;
  const noTranscoding = user.claims.noTranscoding ?? null;
  const [chosen, setChosen] = useState<PlayLimits | null>(null);
  return (
    <Card title={t.playLimits.title}>
      <PlayLimitPicker
        value={chosen ?? { maxStreams, maxHeight, maxBitrate, maxLocalBitrate, noTranscoding }}
        onChange={setChosen}
      />
      <Save user={user} claims={chosen} onSaved={() => setChosen(null)} testId="play-limits-save" />
    </Card>
  );
}

function ResetLink({ user }: { user: User }) {
  const make = useResetLink(user.id);
  return (
    <Card title={t.user.reset}>
      <p className="mb-5 text-muted">{t.user.resetHint}</p>
      {make.data ? (
        <Secret
          label={t.user.resetLink}
          value={make.data.url}
          hint={[
            t.user.goodUntil(formatMoment(make.data.expireAt)),
            make.data.mailed ? t.user.resetMailed : "",
          ].join(" ")}
          testId="reset-link"
        />
      ) : (
        <Button
          look="soft"
          disabled={make.isPending}
          onClick={() => make.mutate()}
          data-testid="reset-link-make"
        >
          {t.user.resetMake}
        </Button>
      )}
    </Card>
  );
}

function Sessions({ user, canEnd }: { user: User; canEnd: boolean }) {
  const list = useQuery(sessionsOf(user.id));
  const end = useEndSession(user.id);
  return (
    <Card title={t.user.sessions}>
      <Waiting query={list} />
      {list.data?.length === 0 && <p className="text-muted">{t.user.noSessions}</p>}
      <ul className="divide-y divide-line">
        {list.data?.map((session) => (
          <SessionLine
            key={session.id}
            session={session}
            pending={end.isPending}
            end={canEnd ? () => end.mutate(session.id) : undefined}
          />
        ))}
      </ul>
    </Card>
  );
}

export function AdminUser() {
  const { id } = route.useParams();
  const me = useMe();
  const limitable = useOffered("/api/libraries", me !== null);
  const query = useQuery(userQuery(id));
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending || !me) return <Spinner />;
  const user = query.data;
  const writes = may(me, "users.write");
  // Servers that know no disabled accounts have neither reset links nor the ending of others' sessions.
  const complete = user.disabled !== undefined;
  return (
    <>
      <State user={user} me={me} />
      {writes && <Permissions key={id} user={user} me={me} />}
      {writes && limitable && <Access key={`access-${id}`} user={user} />}
      {writes && limitable && <Playing key={`playing-${id}`} user={user} />}
      <Sessions user={user} canEnd={writes && complete} />
      {writes && complete && <ResetLink user={user} />}
    </>
  );
}
