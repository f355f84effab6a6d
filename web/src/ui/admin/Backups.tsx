/** The backups of the server: what there is, making one, going back to one. */
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { Backup } from "~/api/models/server";
import { backups, useMakeBackup, useRestore } from "~/api/server";
import { formatMoment } from "~/lib/format";
import { t } from "~/lib/strings";
import { Button } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card } from "~/ui/Field";
import { Waiting } from "~/ui/states";
import { BackupLine } from "./BackupLine";

function Restore({ backup, onConfirm }: { backup: Backup; onConfirm: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <Button look="soft" size="sm" onClick={() => dialog.current?.showModal()} data-testid="restore">
        {t.backups.restore}
      </Button>
      <ConfirmDialog
        ref={dialog}
        title={t.backups.restoreTitle(formatMoment(backup.made))}
        hint={t.backups.restoreHint}
        action={t.backups.restore}
        onConfirm={onConfirm}
        testId="restore-confirm"
      />
    </>
  );
}

export function Backups() {
  const list = useQuery(backups);
  const make = useMakeBackup();
  const restore = useRestore();
  const { data } = list;
  return (
    <Card
      title={t.backups.title}
      action={
        <Button
          look="soft"
          size="sm"
          disabled={make.isPending || !data || data.doing !== null}
          onClick={() => make.mutate()}
          data-testid="backup-make"
        >
          {t.backups.make}
        </Button>
      }
    >
      {data && (
        <p className="-mt-3 mb-5 text-sm break-words text-muted">
          {t.backups.where(data.target)}{" "}
          {data.every === null ? t.backups.unscheduled : t.backups.scheduled(data.every, data.keep)}
        </p>
      )}
      <Waiting query={list} />
      {(data?.failure ?? restore.error?.message) && (
        <p role="alert" className="mb-4 text-bad" data-testid="backup-failure">
          {data?.failure ?? restore.error?.message}
        </p>
      )}
      {restore.isPending && <p role="status">{t.backups.restoring}</p>}
      {data?.doing && (
        <p role="status" className="mb-4">
          {t.backups.doing(data.doing.what, data.doing.done, data.doing.whole)}
        </p>
      )}
      {data?.backups.length === 0 && !data.doing && <p className="text-muted">{t.backups.none}</p>}
      <ul className="divide-y divide-line">
        {data?.backups.map((backup) => (
          <BackupLine
            key={backup.name}
            backup={backup}
            action={<Restore backup={backup} onConfirm={() => restore.mutate(backup.name)} />}
          />
        ))}
      </ul>
    </Card>
  );
}
