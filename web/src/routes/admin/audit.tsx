/** The audit log: who did what to accounts, when, and from where. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { audit, user as userQuery } from "~/api/accounts";
import type { AuditEntry } from "~/api/models/accounts";
import { actionName, detailText } from "~/lib/audit";
import { formatMoment } from "~/lib/format";
import { t } from "~/lib/strings";
import { Button } from "~/ui/Button";
import { Card, SelectField } from "~/ui/Field";
import { More, Waiting } from "~/ui/states";

const route = getRouteApi("/frame/admin/audit");

function Person({ person }: { person: { id: string; username: string } | null }) {
  if (!person) return <span className="text-muted">{t.audit.nobody}</span>;
  return (
    <Link
      to="/admin/audit"
      search={(old) => ({ ...old, user: person.id })}
      className="font-bold hover:text-accent-text hover:underline"
    >
      {person.username}
    </Link>
  );
}

function Line({ entry }: { entry: AuditEntry }) {
  const { target, actor } = entry;
  // What the second line says already: who it was, and the device that logged in.
  const said = (target?.kind === "user" && target.id === actor?.id) || entry.action === "session.opened";
  const details = detailText(entry.details ?? {});
  return (
    <li className="py-3 first:pt-0 last:pb-0" data-testid="audit-entry">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 sm:flex-nowrap">
        <p className="min-w-0 max-w-full truncate">
          <span className="font-semibold">{actionName(entry.action)}</span>
          {target && !said && (
            <span className="text-muted"> {t.audit.on(target.name ?? target.id ?? target.kind)}</span>
          )}
        </p>
        <time dateTime={entry.date} className="shrink-0 text-sm text-muted">
          {formatMoment(entry.date)}
        </time>
      </div>
      <p className="text-sm break-words text-muted">
        <Person person={actor} />
        {[entry.address, entry.device, details].filter(Boolean).map((part) => (
          <span key={part}> · {part}</span>
        ))}
      </p>
    </li>
  );
}

export function AdminAudit() {
  const { user, action } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery({ ...audit({ user, action }), placeholderData: keepPreviousData });
  const entries = list.data ?? [];
  const seen = [...new Set([...entries.map((entry) => entry.action), ...(action ? [action] : [])])].sort();
  const options = Object.fromEntries([
    ["", t.audit.allActions],
    ...seen.map((name) => [name, actionName(name)]),
  ]) as Record<string, string>;
  const about = useQuery({ ...userQuery(user ?? ""), enabled: Boolean(user) }).data?.username;
  return (
    <Card
      title={t.audit.title}
      action={
        user && (
          <Button
            look="soft"
            size="sm"
            onClick={() => void navigate({ search: { action, user: undefined } })}
          >
            {t.audit.showAll}
          </Button>
        )
      }
    >
      <p className="-mt-3 mb-5 text-sm text-muted">{user ? t.audit.of(about ?? "…") : t.audit.hint}</p>
      <div className="mb-5 max-w-sm">
        <SelectField
          label={t.audit.action}
          value={action ?? ""}
          options={options}
          onChange={(value) => void navigate({ search: { user, action: value || undefined } })}
        />
      </div>
      <Waiting query={list} />
      {list.isSuccess && !entries.length && <p className="text-muted">{t.audit.empty}</p>}
      <ul className="divide-y divide-line">
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} />
        ))}
      </ul>
      <More query={list} />
    </Card>
  );
}
