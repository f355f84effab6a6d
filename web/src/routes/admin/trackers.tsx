/** The applications of this server at trackers. */
import { useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import type { TrackerApplication } from "~/api/models/trackers";
import { applications, useSaveApplication } from "~/api/trackers";
import { isAdmin } from "~/api/users";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Allowed } from "~/ui/Allowed";
import { FormError } from "~/ui/account/AuthPage";
import { Button } from "~/ui/Button";
import { Card, TextField } from "~/ui/Field";
import { Waiting } from "~/ui/states";

function Application({ application }: { application: TrackerApplication }) {
  const save = useSaveApplication(application.service);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const clientSecret = String(data.get("secret")).trim() || null;
    save.mutate(
      { clientId: String(data.get("id")).trim(), clientSecret },
      { onSuccess: () => showToast(t.common.saved) },
    );
  };
  return (
    <Card title={application.title}>
      <p className="mb-4 text-sm break-all text-muted">
        {t.trackers.callback}: {application.callback}
      </p>
      {application.configured ? (
        <p className="font-semibold">{t.trackers.configured}</p>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <TextField
            label={t.trackers.clientId}
            name="id"
            required
            defaultValue={application.clientId ?? ""}
            autoComplete="off"
            spellCheck={false}
          />
          <TextField label={t.trackers.clientSecret} name="secret" type="password" autoComplete="off" />
          <FormError error={save.error} />
          <Button type="submit" className="self-end" disabled={save.isPending}>
            {t.common.save}
          </Button>
        </form>
      )}
    </Card>
  );
}

export function AdminTrackers() {
  const list = useQuery(applications);
  return (
    <Allowed who={isAdmin}>
      <p className="text-muted text-pretty">{t.trackers.applicationsHint}</p>
      <Waiting query={list} />
      {list.data?.map((application) => (
        <Application key={application.service} application={application} />
      ))}
    </Allowed>
  );
}
