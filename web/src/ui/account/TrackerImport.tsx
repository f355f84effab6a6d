/** Taking in what a tracker knows: the rule, a preview of what would change, and then the import itself. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { ImportReport, ImportRule, Tracker } from "~/api/models/trackers";
import { refreshAll } from "~/api/queries";
import { importReport, useBeginImport } from "~/api/trackers";
import { t } from "~/lib/strings";
import { Button } from "~/ui/Button";
import { SelectField } from "~/ui/Field";
import { Spinner } from "~/ui/states";

type Count = keyof typeof t.trackers.counts;
/** Of the changes that the server lists, so many are shown. */
const SHOWN = 30;
const COUNTS = Object.keys(t.trackers.counts) as Count[];

const shown = (value: unknown) => (value === null || value === undefined ? "–" : String(value).slice(0, 10));

/** `report` may be of a tracker or of an import. */
export function Report({
  report,
  children,
}: {
  report: Pick<ImportReport, "counts" | "changes"> & { reason?: string | null };
  children: ReactNode;
}) {
  const counts = COUNTS.filter((name) => report.counts[name]);
  return (
    <div className="mt-4" data-testid="tracker-report">
      <p className="font-semibold">
        {counts.map((name) => `${report.counts[name]} ${t.trackers.counts[name]}`).join(", ") ||
          t.trackers.nothing}
      </p>
      {report.reason && <p className="text-bad">{report.reason}</p>}
      {report.changes.length > 0 && (
        <ul className="mt-2 text-sm text-muted" aria-label={t.trackers.preview}>
          {report.changes.slice(0, SHOWN).map((change) => (
            <li key={`${change.id} ${change.field} ${change.before} ${change.after}`} className="break-words">
              {change.slug}: {change.field} {shown(change.before)} → {shown(change.after)}
            </li>
          ))}
        </ul>
      )}
      {children}
    </div>
  );
}

export function TrackerImport({ tracker }: { tracker: Tracker }) {
  const [rule, setRule] = useState<ImportRule>("merge");
  const [run, setRun] = useState<{ id: string; dryRun: boolean } | null>(null);
  const begin = useBeginImport(tracker.service);
  const asked = useQuery(importReport(tracker.service, run?.id ?? ""));
  const report = asked.data;
  const ended = report?.state === "done" || report?.state === "failed";
  const taken = report?.state === "done" && run?.dryRun === false;
  useEffect(() => {
    // Any page may show what was taken in.
    if (taken) void refreshAll();
  }, [taken]);
  const start = (dryRun: boolean) =>
    begin.mutate({ rule, dryRun }, { onSuccess: ({ id }) => setRun({ id, dryRun }) });
  return (
    <details className="mt-5">
      <summary
        className="min-h-11 cursor-pointer font-bold"
        data-testid={`tracker-import-${tracker.service}`}
      >
        {t.trackers.import}
      </summary>
      <SelectField<ImportRule>
        label={t.trackers.rule}
        value={rule}
        options={t.trackers.rules}
        onChange={(chosen) => {
          setRule(chosen);
          setRun(null);
        }}
      />
      <Button
        look="soft"
        size="sm"
        className="mt-3"
        disabled={begin.isPending || Boolean(run && !ended)}
        onClick={() => start(true)}
        data-testid="tracker-preview"
      >
        {t.trackers.preview}
      </Button>
      {run && !ended && <Spinner />}
      {run && ended && report && (
        <Report report={report}>
          {run.dryRun && report.state === "done" ? (
            <Button size="sm" className="mt-3" onClick={() => start(false)} data-testid="tracker-take">
              {t.trackers.take}
            </Button>
          ) : (
            <p className="mt-2 font-semibold">{report.state === "done" && t.trackers.done}</p>
          )}
        </Report>
      )}
    </details>
  );
}
