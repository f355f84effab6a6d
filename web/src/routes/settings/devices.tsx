/** Where the reader is logged in, and letting another device in. */
import { useQuery } from "@tanstack/react-query";
import { logOut } from "~/api/login";
import { mySessions, useMe, useRevokeSession } from "~/api/users";
import { t } from "~/lib/strings";
import { SessionLine } from "~/ui/account/SessionLine";
import { Button, ButtonLink } from "~/ui/Button";
import { Card } from "~/ui/Field";
import { Waiting } from "~/ui/states";

/** Servers without device login answer 404 to every address of it, ours only to codes nobody waits with. */
function LetIn() {
  const features = useMe()?.secondFactors !== undefined;
  if (!features) return null;
  return (
    <Card
      title={t.settings.letIn}
      action={
        <ButtonLink to="/device" look="soft" size="sm">
          {t.device.continue}
        </ButtonLink>
      }
    >
      <p className="text-muted">{t.settings.letInHint}</p>
    </Card>
  );
}

export function Devices() {
  const list = useQuery(mySessions);
  const revoke = useRevokeSession();
  const others = list.data?.filter((session) => !session.current) ?? [];
  return (
    <>
      <Card
        title={t.settings.sessions}
        action={
          <Button look="soft" size="sm" onClick={() => void logOut()} data-testid="settings-logout">
            {t.settings.logOutHint}
          </Button>
        }
      >
        {others.length > 1 && (
          <Button
            look="danger"
            size="sm"
            className="mb-4"
            disabled={revoke.isPending}
            onClick={() => {
              for (const { id } of others) revoke.mutate(id);
            }}
            data-testid="sessions-end-others"
          >
            {t.settings.revokeOthers}
          </Button>
        )}
        <Waiting query={list} />
        <ul className="divide-y divide-line">
          {list.data?.map((session) => (
            <SessionLine
              key={session.id}
              session={session}
              pending={revoke.isPending}
              end={session.current ? undefined : () => revoke.mutate(session.id)}
            />
          ))}
        </ul>
      </Card>
      <LetIn />
    </>
  );
}
