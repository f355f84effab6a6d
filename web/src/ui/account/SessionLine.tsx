/** One session in a list: the device, when it was used, and a button that ends it. */
import type { Session } from "~/api/models/accounts";
import { formatAgo, formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { Button } from "~/ui/Button";

type Props = { session: Session; pending: boolean; end?: () => void };

export const SessionLine = ({ session, pending, end }: Props) => (
  <li className="flex items-center gap-4 py-3 first:pt-0 last:pb-0" data-testid="session">
    <div className="min-w-0 flex-1">
      <p className="truncate font-bold">
        {session.device ?? t.settings.unknownDevice}
        {session.current && <span className="ml-2 text-sm text-accent-text">{t.settings.current}</span>}
      </p>
      <p className="text-sm text-muted">
        {t.settings.lastUsed(formatAgo(session.lastUsed))} ·{" "}
        {t.settings.since(formatDate(session.createdDate))}
      </p>
    </div>
    {end && (
      <Button look="danger" size="sm" disabled={pending} onClick={end} data-testid="session-end">
        {t.settings.revoke}
      </Button>
    )}
  </li>
);
