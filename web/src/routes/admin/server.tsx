/** How the server is: what its doctor found, and what to do about it; and its backups. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Lightbulb, TriangleAlert } from "lucide-react";
import type { Finding } from "~/api/models/server";
import { examination } from "~/api/server";
import { t } from "~/lib/strings";
import { Backups } from "~/ui/admin/Backups";
import { Button } from "~/ui/Button";
import { Card } from "~/ui/Field";
import { Waiting } from "~/ui/states";

function Line({ finding }: { finding: Finding }) {
  return (
    <li className="flex gap-3 py-3 first:pt-0 last:pb-0" data-testid={finding.well ? "well" : "finding"}>
      {finding.well && finding.todo ? (
        <Lightbulb className="mt-0.5 size-5 shrink-0 text-muted" aria-hidden />
      ) : finding.well ? (
        <CircleCheck className="mt-0.5 size-5 shrink-0 text-muted" aria-hidden />
      ) : (
        <TriangleAlert className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden />
      )}
      <div className="min-w-0">
        <p className="break-words">
          <span className="font-semibold">{finding.area}</span>
          <span className="text-muted"> · {finding.what}</span>
        </p>
        {finding.todo && <p className="mt-1 break-words">{finding.todo}</p>}
      </div>
    </li>
  );
}

function Lines({ findings }: { findings: Finding[] }) {
  return (
    <ul className="divide-y divide-line">
      {findings.map((finding) => (
        <Line key={finding.area + finding.what} finding={finding} />
      ))}
    </ul>
  );
}

function Health() {
  const asked = useQuery(examination);
  const findings = asked.data?.findings ?? [];
  const faults = findings.filter((finding) => !finding.well);
  const tips = findings.filter((finding) => finding.well && finding.todo);
  const well = findings.filter((finding) => finding.well && !finding.todo);
  return (
    <Card
      title={t.server.title}
      action={
        <Button look="soft" size="sm" disabled={asked.isFetching} onClick={() => void asked.refetch()}>
          {t.server.again}
        </Button>
      }
    >
      {asked.isPending && <p className="mb-5 text-sm text-muted">{t.server.looking}</p>}
      <Waiting query={asked} />
      {asked.data && (
        <>
          <p className="-mt-3 mb-5 text-sm text-muted" role="status" data-testid="server-state">
            {asked.data.well ? t.server.well : t.server.findings(faults.length)}
          </p>
          <Lines findings={[...faults, ...tips]} />
          <details className="mt-5" open={asked.data.well}>
            <summary className="cursor-pointer font-semibold">{t.server.details(well.length)}</summary>
            <div className="mt-3">
              <Lines findings={well} />
            </div>
          </details>
        </>
      )}
    </Card>
  );
}

export function AdminServer() {
  return (
    <>
      <Health />
      <Backups />
    </>
  );
}
