/** What the scanner does, and files without a match. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, Clock, LoaderCircle, Plus, RefreshCw } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { whenSilent } from "~/api/live";
import type { User } from "~/api/models/accounts";
import type { ScanRequest } from "~/api/models/scanner";
import { scanRequests, useRescan } from "~/api/scanner";
import { may, useMe } from "~/api/users";
import { unmatched } from "~/api/videos";
import { guessText } from "~/lib/guess";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { ScanState } from "~/ui/admin/ScanState";
import { Button, ButtonLink } from "~/ui/Button";
import { Card } from "~/ui/Field";
import { SearchField } from "~/ui/Search";
import { MissingFiles } from "~/ui/shows/MissingFiles";
import { More, Waiting } from "~/ui/states";

const states = {
  pending: { icon: <Clock className="size-4.5 text-muted" />, label: t.admin.pending },
  running: {
    icon: <LoaderCircle className="size-4.5 animate-spin text-accent-text" />,
    label: t.admin.running,
  },
  failed: { icon: <CircleAlert className="size-4.5 text-bad" />, label: t.admin.failed },
};

/** Failures first, then what runs, then what waits. */
const order = { failed: 0, running: 1, pending: 2 };

/** More lines than this say nothing that the totals do not. */
const shown = 40;

function Requests({ items }: { items: ScanRequest[] }) {
  const count = (status: ScanRequest["status"]) => items.filter((item) => item.status === status).length;
  if (!items.length) return <p className="text-muted">{t.admin.idle}</p>;
  return (
    <>
      <p className="mb-3 font-semibold">
        {t.admin.counts(count("pending"), count("running"), count("failed"))}
      </p>
      <ul className="max-h-80 divide-y divide-line overflow-y-auto">
        {items
          .toSorted((a, b) => order[a.status] - order[b.status])
          .slice(0, shown)
          .map((item) => (
            <li key={item.id} className="flex items-start gap-3 py-2.5">
              <span className="mt-0.5" role="img" aria-label={states[item.status].label}>
                {states[item.status].icon}
              </span>
              <div className="min-w-0">
                <p className="truncate font-bold">
                  {item.title} {item.year && <span className="font-medium text-muted">({item.year})</span>}
                </p>
                {item.error && <p className="text-sm text-bad">{item.error.message || item.error.title}</p>}
              </div>
            </li>
          ))}
      </ul>
    </>
  );
}

function Scan({ allowed }: { allowed: boolean }) {
  const requests = useQuery({ ...scanRequests, enabled: allowed });
  const rescan = useRescan();
  if (!allowed) return null;
  return (
    <Card
      title={t.admin.scan}
      action={
        <Button
          size="sm"
          data-testid="rescan"
          disabled={rescan.isPending}
          onClick={() => rescan.mutate({}, { onSuccess: () => showToast(t.admin.scanning) })}
        >
          <RefreshCw className={rescan.isPending ? "animate-spin" : ""} aria-hidden="true" /> {t.admin.rescan}
        </Button>
      }
    >
      <div className="mb-4">
        <ScanState />
        <MissingFiles />
      </div>
      <Waiting query={requests} />
      {requests.data && <Requests items={requests.data} />}
    </Card>
  );
}

/** What the scanner is doing about a file. */
const State = ({ request }: { request: ScanRequest }) => (
  <p className="mt-0.5 flex items-center gap-1.5 text-sm">
    <span aria-hidden="true">{states[request.status].icon}</span>
    <span className={request.status === "failed" ? "text-bad" : "text-muted"}>
      {[states[request.status].label, request.error?.message || request.error?.title]
        .filter(Boolean)
        .join(": ")}
    </span>
  </p>
);

function Unmatched({ me }: { me: User | null }) {
  const [text, setText] = useState("");
  const requests = useQuery({ ...scanRequests, enabled: may(me, "scanner.trigger") }).data ?? [];
  const requestOf = (id: string) => requests.find((request) => request.videos.includes(id));
  const query = useDeferredValue(text);
  const list = useInfiniteQuery({
    ...unmatched(query),
    refetchInterval: () => whenSilent("scan", 5000),
    placeholderData: keepPreviousData,
  });
  return (
    <Card
      title={t.admin.unmatched}
      action={
        may(me, "scanner.add") && (
          <ButtonLink to="/admin/add" look="soft" size="sm">
            <Plus aria-hidden="true" /> {t.admin.addShow}
          </ButtonLink>
        )
      }
    >
      <div className="mb-4">
        <SearchField label={t.admin.unmatchedSearch} value={text} onChange={setText} />
      </div>
      <Waiting query={list} />
      {list.data?.length === 0 && (
        <p className="text-muted">{query ? t.browse.empty : t.admin.unmatchedEmpty}</p>
      )}
      <ul className="max-h-[36rem] divide-y divide-line overflow-y-auto">
        {list.data?.map((video) => {
          const request = requestOf(video.id);
          return (
            <li
              key={video.id}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5"
              data-testid="unmatched"
            >
              <div className="min-w-52 flex-1">
                <Link
                  to="/info/$slug"
                  params={{ slug: video.id }}
                  className="block font-semibold break-all hover:text-accent-text hover:underline"
                >
                  {video.path}
                </Link>
                <p className="text-sm text-muted">{t.admin.guessed(guessText(video.guess))}</p>
                {request && <State request={request} />}
              </div>
              {may(me, "core.write") && (
                <ButtonLink
                  to="/admin/match/$videoId"
                  params={{ videoId: video.id }}
                  search={{ q: video.guess.title }}
                  look="soft"
                  size="sm"
                  data-testid="match"
                >
                  {t.admin.match}
                </ButtonLink>
              )}
            </li>
          );
        })}
      </ul>
      <More query={list} />
    </Card>
  );
}

export function AdminLibrary() {
  const me = useMe();
  return (
    <>
      <Scan allowed={may(me, "scanner.trigger")} />
      <Unmatched me={me} />
    </>
  );
}
