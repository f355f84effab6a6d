/** Bringing along what the reader watched elsewhere: a file or another server, a preview, and taking it in. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { importRun, imports, useAskServer, useBringFile, useForgetImport, useRunImport } from "~/api/imports";
import type { Import } from "~/api/models/imports";
import type { ImportRule } from "~/api/models/trackers";
import { refreshAll } from "~/api/queries";
import { formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { FormError } from "~/ui/account/AuthPage";
import { Report } from "~/ui/account/TrackerImport";
import { Button } from "~/ui/Button";
import { Card, SelectField, TextField } from "~/ui/Field";
import { Spinner, Waiting } from "~/ui/states";

function BringFile() {
  const bring = useBringFile();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const file = new FormData(form).get("file");
    if (!(file instanceof File) || !file.name) return;
    bring.mutate(file, {
      onSuccess: () => {
        form.reset();
        showToast(t.imports.brought);
      },
    });
  };
  return (
    <Card title={t.imports.file}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t.imports.choose}
          hint={t.imports.fileHint}
          name="file"
          type="file"
          accept=".zip,.json,.csv"
          required
        />
        <FormError error={bring.error} />
        <Button type="submit" className="self-start" disabled={bring.isPending} data-testid="import-file">
          {t.imports.bring}
        </Button>
        {bring.isPending && <Spinner />}
      </form>
    </Card>
  );
}

/** How another server is asked. */
type Road = keyof typeof t.imports.roads;

function AskServer() {
  const ask = useAskServer();
  const [road, setRoad] = useState<Road>("jellyfin");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const url = String(data.get("url")).trim();
    const opens =
      road === "jellyfin"
        ? { username: String(data.get("username")).trim(), password: String(data.get("password")) }
        : { token: String(data.get("token")).trim() };
    ask.mutate(
      { source: road === "plex" ? "plex" : "jellyfin", url, ...opens },
      {
        onSuccess: () => {
          form.reset();
          showToast(t.imports.brought);
        },
      },
    );
  };
  return (
    <Card title={t.imports.server}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <SelectField<Road>
          label={t.imports.source}
          value={road}
          options={t.imports.roads}
          onChange={setRoad}
        />
        <TextField label={t.imports.url} name="url" placeholder="http://192.168.1.2:8096" required />
        {road === "jellyfin" ? (
          <>
            <TextField label={t.imports.username} name="username" autoComplete="off" required />
            <TextField
              label={t.imports.password}
              hint={t.imports.passwordHint}
              name="password"
              type="password"
              autoComplete="off"
            />
          </>
        ) : (
          <TextField
            label={t.imports.token}
            hint={t.imports.tokenHint[road]}
            name="token"
            type="password"
            autoComplete="off"
            required
          />
        )}
        <FormError error={ask.error} />
        <Button type="submit" className="self-start" disabled={ask.isPending} data-testid="import-server">
          {t.imports.bring}
        </Button>
        {ask.isPending && <Spinner />}
      </form>
    </Card>
  );
}

const isRunning = (one: Import) => one.state === "queued" || one.state === "running";

function One({ brought }: { brought: Import }) {
  const [rule, setRule] = useState<ImportRule>("merge");
  const [asked, setAsked] = useState(isRunning(brought));
  const run = useRunImport(brought.id);
  const forget = useForgetImport(brought.id);
  const report = useQuery(importRun(brought.id, asked)).data;
  const running = asked && (!report || isRunning(report));
  const taken = asked && report?.state === "done" && !report.dryRun;
  useEffect(() => {
    // Any page may show what was taken in.
    if (taken) void refreshAll();
  }, [taken]);
  const start = (dryRun: boolean) => run.mutate({ rule, dryRun }, { onSuccess: () => setAsked(true) });
  return (
    <Card title={t.imports.sources[brought.source] ?? brought.source}>
      <p className="text-muted break-words" data-testid="import-about">
        {t.imports.about(brought.name, formatDate(brought.createdAt), brought.titles, brought.plays)}
      </p>
      {brought.taken && !asked && (
        <p className="mt-1 font-semibold">{t.imports.taken(brought.counts.unmatched ?? 0)}</p>
      )}
      <div className="mt-4">
        <SelectField<ImportRule>
          label={t.trackers.rule}
          value={rule}
          options={t.imports.rules}
          onChange={(chosen) => {
            setRule(chosen);
            setAsked(false);
          }}
        />
      </div>
      <div className="mt-4 flex flex-wrap gap-3">
        <Button
          look="soft"
          size="sm"
          disabled={running || run.isPending}
          onClick={() => start(true)}
          data-testid="import-preview"
        >
          {t.trackers.preview}
        </Button>
        <Button
          look="danger"
          size="sm"
          disabled={running || forget.isPending}
          onClick={() => forget.mutate()}
          data-testid="import-forget"
        >
          {t.imports.forget}
        </Button>
      </div>
      {running && <Spinner />}
      {asked && report && !running && (
        <Report report={report}>
          {report.unmatched.length > 0 && (
            <details className="mt-3">
              <summary className="min-h-11 cursor-pointer font-bold">{t.imports.unmatched}</summary>
              <ul className="text-sm text-muted">
                {report.unmatched.map((one) => (
                  <li key={`${one.title} ${one.year} ${JSON.stringify(one.ids)}`} className="break-words">
                    {one.title || Object.values(one.ids)[0]} {one.year ?? ""}
                  </li>
                ))}
              </ul>
            </details>
          )}
          {report.dryRun && report.state === "done" ? (
            <Button size="sm" className="mt-3" onClick={() => start(false)} data-testid="import-take">
              {t.trackers.take}
            </Button>
          ) : (
            <p className="mt-2 font-semibold">{report.state === "done" && t.trackers.done}</p>
          )}
        </Report>
      )}
    </Card>
  );
}

export function Imports() {
  const list = useQuery(imports);
  return (
    <>
      <p className="text-muted text-pretty">{t.imports.hint}</p>
      <BringFile />
      <AskServer />
      <Waiting query={list} />
      {list.data?.map((one) => (
        <One key={one.id} brought={one} />
      ))}
    </>
  );
}
