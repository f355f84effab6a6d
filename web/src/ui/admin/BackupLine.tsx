/** One backup in a list: when it was made, what is in it, and what can be done with it. */
import type { ReactNode } from "react";
import type { Backup } from "~/api/models/server";
import { formatMoment, formatSize } from "~/lib/format";
import { t } from "~/lib/strings";

export const BackupLine = ({ backup, action }: { backup: Backup; action: ReactNode }) => (
  <li className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0" data-testid="backup">
    <div className="min-w-0">
      <time dateTime={backup.made} className="font-semibold">
        {formatMoment(backup.made)}
      </time>
      <p className="text-sm text-muted">
        {[formatSize(backup.size), t.backups.contents(backup.files), backup.release, backup.reason].join(
          " · ",
        )}
      </p>
    </div>
    {action}
  </li>
);
