/** All accounts. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, UserCheck } from "lucide-react";
import { useEditUser, users } from "~/api/accounts";
import type { User } from "~/api/models/accounts";
import { isAdmin, may, useMe, waits } from "~/api/users";
import { formatAgo } from "~/lib/format";
import { t } from "~/lib/strings";
import { Avatar } from "~/ui/Avatar";
import { HouseholdImport } from "~/ui/admin/HouseholdImport";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Field";
import { More, Waiting } from "~/ui/states";

export function UserState({ user }: { user: User }) {
  if (user.disabled) return <span className="text-bad">{t.admin.disabled}</span>;
  if (waits(user)) return <span className="text-warn">{t.admin.unverified}</span>;
  if (isAdmin(user)) return t.admin.administrator;
  const { libraries, maxAge } = user.claims;
  return t.limits.summary(libraries?.length ?? null, maxAge ?? null) || t.admin.verified;
}

function UserLine({ user, editable }: { user: User; editable: boolean }) {
  const edit = useEditUser(user.id);
  return (
    <li
      className="relative -mx-3 flex flex-wrap items-center justify-end gap-x-3.5 gap-y-2 rounded-2xl px-3 py-3 hover:bg-raised"
      data-testid="user"
    >
      <Avatar user={user} />
      <div className="min-w-40 flex-1">
        <Link
          to="/admin/users/$id"
          params={{ id: user.id }}
          className="block truncate font-bold after:absolute after:inset-0 after:rounded-2xl"
        >
          {user.username}
        </Link>
        <p className="truncate text-sm text-muted">
          <UserState user={user} /> · {t.admin.lastSeen(formatAgo(user.lastSeen))}
        </p>
      </div>
      {waits(user) && editable && (
        <Button
          look="soft"
          size="sm"
          className="relative z-10"
          disabled={edit.isPending}
          onClick={() => edit.mutate({ claims: { verified: true } })}
        >
          <UserCheck aria-hidden="true" /> {t.admin.verify}
        </Button>
      )}
      <ChevronRight className="size-5 shrink-0 text-muted" aria-hidden="true" />
    </li>
  );
}

export function AdminUsers() {
  const me = useMe();
  const list = useInfiniteQuery(users);
  return (
    <>
      <Card title={t.admin.users}>
        <Waiting query={list} />
        <ul>
          {list.data?.map((user) => (
            <UserLine key={user.id} user={user} editable={may(me, "users.write")} />
          ))}
        </ul>
        <More query={list} />
      </Card>
      {may(me, "users.write") && may(me, "core.write") && <HouseholdImport />}
    </>
  );
}
