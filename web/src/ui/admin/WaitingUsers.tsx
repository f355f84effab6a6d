/** The notice to administrators that somebody waits to be let in, with the button that does it. */
import { useQuery } from "@tanstack/react-query";
import { UserCheck } from "lucide-react";
import { useEditUser, waitingUsers } from "~/api/accounts";
import { whenSilent } from "~/api/live";
import type { User } from "~/api/models/accounts";
import { t } from "~/lib/strings";
import { Avatar } from "~/ui/Avatar";
import { Button } from "~/ui/Button";

function WaitingUser({ user }: { user: User }) {
  const edit = useEditUser(user.id);
  return (
    <li className="flex flex-wrap items-center gap-x-3.5 gap-y-2 py-2">
      <Avatar user={user} />
      <div className="min-w-40 flex-1">
        <p className="truncate font-bold">{user.username}</p>
        <p className="truncate text-sm text-muted">{user.email}</p>
      </div>
      <Button
        size="sm"
        disabled={edit.isPending}
        onClick={() => edit.mutate({ claims: { verified: true } })}
        data-testid="let-in"
      >
        <UserCheck aria-hidden="true" /> {t.admin.verify}
      </Button>
    </li>
  );
}

export function WaitingUsers() {
  const waiting =
    useQuery({ ...waitingUsers, refetchInterval: () => whenSilent("notices", 60_000) }).data ?? [];
  if (waiting.length === 0) return null;
  return (
    <section className="rounded-3xl border border-accent/40 bg-accent/10 p-5" data-testid="waiting-users">
      <h2 className="mb-2 font-bold">{t.admin.waiting}</h2>
      <ul>
        {waiting.map((user) => (
          <WaitingUser key={user.id} user={user} />
        ))}
      </ul>
    </section>
  );
}
