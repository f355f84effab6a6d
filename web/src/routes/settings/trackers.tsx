/** The reader's trackers: linking accounts, what is exchanged, what failed, and taking in what is there. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef } from "react";
import type { LinkFlow, Tracker, TrackerMode } from "~/api/models/trackers";
import { refreshAll } from "~/api/queries";
import {
  deviceLink,
  outbox,
  trackers,
  useBeginLink,
  useChooseTracker,
  useDropLetter,
  useLinkByKey,
  useRetryLetter,
  useSyncTracker,
  useUnlinkTracker,
} from "~/api/trackers";
import { formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { FormError } from "~/ui/account/AuthPage";
import { TrackerImport } from "~/ui/account/TrackerImport";
import { WebhookCards } from "~/ui/account/Webhooks";
import { Button } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card, SelectField, TextField } from "~/ui/Field";
import { More, Waiting } from "~/ui/states";

/** What the service's page made of it, as the address says. */
function useResult() {
  const { tracker, result } = useSearch({ from: "/frame/settings/trackers" });
  const navigate = useNavigate();
  useEffect(() => {
    if (!tracker || !result) return;
    const texts: Record<string, string> = t.trackers.results;
    showToast(texts[result] ?? t.trackers.results.failed, result === "linked" ? "info" : "error");
    void navigate({ to: "/settings/trackers", search: {}, replace: true });
  }, [tracker, result, navigate]);
}

function Code({ service, flow }: { service: string; flow: Extract<LinkFlow, { flow: "device" }> }) {
  const polled = useQuery(deviceLink(service, flow.interval));
  const linked = polled.data?.linked;
  useEffect(() => {
    if (linked) void refreshAll();
  }, [linked]);
  if (polled.error) return <p className="mt-4 text-bad">{polled.error.message}</p>;
  return (
    <div className="mt-4">
      <p className="text-muted">{t.trackers.typeCode}</p>
      <a href={flow.url} target="_blank" rel="noreferrer" className="font-bold break-all underline">
        {flow.url}
      </a>
      <p className="mt-2 font-mono text-2xl tracking-widest" data-testid="tracker-code">
        {flow.code}
      </p>
    </div>
  );
}

function Link({ tracker }: { tracker: Tracker }) {
  const begin = useBeginLink(tracker.service);
  const flow = begin.data;
  useEffect(() => {
    if (flow?.flow === "redirect") location.assign(flow.url);
  }, [flow]);
  if (tracker.byKey) return <KeyForm tracker={tracker} />;
  if (!tracker.available) return <p className="text-muted text-pretty">{tracker.reason}</p>;
  if (flow?.flow === "device") return <Code service={tracker.service} flow={flow} />;
  return (
    <Button
      disabled={begin.isPending || flow?.flow === "redirect"}
      onClick={() => begin.mutate()}
      data-testid={`tracker-link-${tracker.service}`}
    >
      {t.trackers.link(tracker.title)}
    </Button>
  );
}

function KeyForm({ tracker }: { tracker: Tracker }) {
  const link = useLinkByKey(tracker.service);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get("key")).trim();
    link.mutate(key, { onSuccess: () => showToast(t.trackers.results.linked) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={t.trackers.key(tracker.title)}
        hint={t.trackers.keyHint}
        name="key"
        type="password"
        required
        autoComplete="off"
      />
      <FormError error={link.error} />
      <Button
        type="submit"
        className="self-start"
        disabled={link.isPending}
        data-testid={`tracker-link-${tracker.service}`}
      >
        {t.trackers.link(tracker.title)}
      </Button>
    </form>
  );
}

function Choice({ label, on, change }: { label: string; on: boolean; change: (on: boolean) => void }) {
  return (
    <label className="flex min-h-11 items-center gap-3 font-semibold">
      <input
        type="checkbox"
        className="size-5 accent-accent"
        checked={on}
        onChange={(event) => change(event.target.checked)}
      />
      {label}
    </label>
  );
}

function Letters({ tracker }: { tracker: Tracker }) {
  const list = useInfiniteQuery(outbox(tracker.service));
  const retry = useRetryLetter(tracker.service);
  const drop = useDropLetter(tracker.service);
  return (
    <details className="mt-5" open={tracker.failed > 0}>
      <summary
        className="min-h-11 cursor-pointer font-bold"
        data-testid={`tracker-waiting-${tracker.service}`}
      >
        {[
          tracker.queued > 0 && t.trackers.waiting(tracker.queued),
          tracker.failed > 0 && t.trackers.failed(tracker.failed),
        ]
          .filter(Boolean)
          .join(", ")}
      </summary>
      <ul className="divide-y divide-line">
        {list.data?.map((letter) => (
          <li key={letter.id} className="flex flex-wrap items-center gap-3 py-3">
            <div className="min-w-0 flex-1 basis-60">
              <p className="font-semibold break-words">
                {t.trackers.letter[letter.what] ?? letter.what}: {letter.entry ?? letter.show}
              </p>
              {letter.reason && (
                <p className={`text-sm ${letter.state === "failed" ? "text-bad" : "text-muted"}`}>
                  {letter.reason}
                </p>
              )}
            </div>
            <Button look="soft" size="sm" disabled={retry.isPending} onClick={() => retry.mutate(letter.id)}>
              {t.trackers.retry}
            </Button>
            <Button look="danger" size="sm" disabled={drop.isPending} onClick={() => drop.mutate(letter.id)}>
              {t.trackers.drop}
            </Button>
          </li>
        ))}
      </ul>
      <More query={list} />
    </details>
  );
}

function Linked({ tracker }: { tracker: Tracker }) {
  const choose = useChooseTracker(tracker.service);
  const sync = useSyncTracker(tracker.service);
  const unlink = useUnlinkTracker(tracker.service);
  const asking = useRef<HTMLDialogElement>(null);
  return (
    <>
      <p className="font-semibold" data-testid={`tracker-linked-${tracker.service}`}>
        {t.trackers.linkedAs(tracker.account ?? undefined)}
      </p>
      {tracker.lastSync && (
        <p className="text-sm text-muted">{t.trackers.lastSync(formatDate(tracker.lastSync))}</p>
      )}
      {tracker.lastError && (
        <p role="alert" className="mt-2 text-bad text-pretty">
          {tracker.lastError.message}
        </p>
      )}
      {tracker.lastError?.code === "unlinked" && (
        <div className="mt-3">
          <Link tracker={tracker} />
        </div>
      )}
      <div className="mt-5 grid gap-x-6 gap-y-2 md:grid-cols-2">
        <SelectField<TrackerMode>
          label={t.trackers.mode}
          value={tracker.mode}
          options={t.trackers.modes}
          onChange={(mode) => choose.mutate({ mode })}
        />
        <div>
          <Choice
            label={t.trackers.scrobble}
            on={tracker.scrobble}
            change={(scrobble) => choose.mutate({ scrobble })}
          />
          <Choice
            label={t.trackers.scores}
            on={tracker.scores}
            change={(scores) => choose.mutate({ scores })}
          />
          <Choice
            label={t.trackers.unwatch}
            on={tracker.unwatch}
            change={(unwatch) => choose.mutate({ unwatch })}
          />
        </div>
      </div>
      {tracker.queued + tracker.failed > 0 && <Letters tracker={tracker} />}
      <TrackerImport tracker={tracker} />
      <div className="mt-6 flex flex-wrap gap-3">
        <Button
          look="soft"
          size="sm"
          disabled={sync.isPending}
          onClick={() => sync.mutate(undefined, { onSuccess: () => showToast(t.trackers.syncBegun) })}
        >
          {t.trackers.sync}
        </Button>
        <Button
          look="danger"
          size="sm"
          disabled={unlink.isPending}
          onClick={() => asking.current?.showModal()}
          data-testid={`tracker-unlink-${tracker.service}`}
        >
          {t.trackers.unlink}
        </Button>
      </div>
      <ConfirmDialog
        ref={asking}
        title={t.trackers.unlink}
        hint={t.trackers.unlinkHint(tracker.title)}
        action={t.trackers.unlink}
        onConfirm={() => unlink.mutate()}
        testId="tracker-unlink-confirm"
      />
    </>
  );
}

export function Trackers() {
  useResult();
  const list = useQuery(trackers);
  return (
    <>
      <p className="text-muted text-pretty">{t.trackers.hint}</p>
      <Waiting query={list} />
      {list.data?.map((tracker) => (
        <Card key={tracker.service} title={tracker.title}>
          {tracker.linked ? <Linked tracker={tracker} /> : <Link tracker={tracker} />}
        </Card>
      ))}
      <WebhookCards owner="own" />
    </>
  );
}
