/** For the first visitor: bring a backup back in place of a first account. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { setup, useFirstRestore, useLookForBackups } from "~/api/server";
import { t } from "~/lib/strings";
import { FormError } from "~/ui/account/AuthPage";
import { Button } from "~/ui/Button";
import { TextField } from "~/ui/Field";
import { BackupLine } from "./BackupLine";

export function FirstRestore() {
  const offered = useQuery(setup);
  const look = useLookForBackups();
  const restore = useFirstRestore();
  const [target, setTarget] = useState("");
  if (!offered.data) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look.mutate(target);
  };
  if (restore.isPending) return <p role="status">{t.backups.restoring}</p>;
  return (
    <details className="mt-6" open={offered.data.failure !== null}>
      <summary className="cursor-pointer font-bold">{t.firstRestore.open}</summary>
      {offered.data.failure && (
        <p role="alert" className="mt-4 text-bad">
          {t.firstRestore.failed(offered.data.failure)}
        </p>
      )}
      <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
        <TextField
          label={t.firstRestore.target}
          hint={t.firstRestore.targetHint}
          value={target}
          onChange={(event) => setTarget(event.target.value)}
          required
          maxLength={4096}
          data-testid="restore-target"
        />
        <FormError error={look.error ?? restore.error} />
        <Button type="submit" look="soft" disabled={look.isPending} data-testid="restore-look">
          {t.firstRestore.look}
        </Button>
      </form>
      {look.data?.length === 0 && <p className="mt-4 text-muted">{t.firstRestore.none}</p>}
      <ul className="mt-4 divide-y divide-line">
        {look.data?.map((backup) => (
          <BackupLine
            key={backup.name}
            backup={backup}
            action={
              <Button
                size="sm"
                onClick={() => restore.mutate({ target, name: backup.name })}
                data-testid="restore-first"
              >
                {t.backups.restore}
              </Button>
            }
          />
        ))}
      </ul>
    </details>
  );
}
