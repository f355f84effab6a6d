/** For administrators: what the scanner does, files without a match, and the accounts. */

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, Clock, LoaderCircle, RefreshCw, Trash2, UserCheck } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";
import type { Guess, ScanRequest, User } from "~/api/models";
import { scanRequests, useRescan } from "~/api/scanner";
import { canScan, isAdmin, useDeleteUser, useMe, users, useVerifyUser } from "~/api/users";
import { unmatched } from "~/api/videos";
import { formatAgo } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Avatar } from "~/ui/Avatar";
import { Button, IconButton } from "~/ui/Button";
import { Card } from "~/ui/Field";
import { PageTitle } from "~/ui/PageTitle";
import { Spinner } from "~/ui/states";

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
          onClick={() => rescan.mutate(undefined, { onSuccess: () => showToast(t.admin.scanning) })}
        >
          <RefreshCw className={rescan.isPending ? "animate-spin" : ""} aria-hidden="true" /> {t.admin.rescan}
        </Button>
      }
    >
      {requests.isPending && <Spinner />}
      {requests.isError && <p className="text-bad">{requests.error.message}</p>}
      {requests.data && <Requests items={requests.data} />}
    </Card>
  );
}

function guessText(guess: Guess): string {
  const episodes = guess.episodes?.map(({ season, episode }) =>
    season === null ? `${episode}` : `S${season}:E${episode}`,
  );
  const years = guess.years?.length ? `(${guess.years.join(", ")})` : "";
  return t.admin.guessed([guess.title, years, episodes?.join(" ")].filter(Boolean).join(" "));
}

function Unmatched() {
  const [text, setText] = useState("");
  const query = useDeferredValue(text);
  const list = useInfiniteQuery({
    ...unmatched(query),
    refetchInterval: 5000,
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={t.admin.unmatched}>
      <input
        type="search"
        value={text}
        aria-label={t.admin.unmatchedSearch}
        placeholder={t.admin.unmatchedSearch}
        onChange={(event) => setText(event.target.value)}
        className="mb-4 h-11 w-full rounded-xl border border-line bg-canvas px-4"
      />
      {list.isPending && <Spinner />}
      {list.isError && <p className="text-bad">{list.error.message}</p>}
      {list.data?.length === 0 && (
        <p className="text-muted">{query ? t.browse.empty : t.admin.unmatchedEmpty}</p>
      )}
      <ul className="max-h-[28rem] divide-y divide-line overflow-y-auto">
        {list.data?.map((video) => (
          <li key={video.id} className="py-2.5">
            <Link
              to="/info/$slug"
              params={{ slug: video.id }}
              className="block font-semibold break-words hover:text-accent-text hover:underline"
            >
              {video.path}
            </Link>
            <p className="text-sm text-muted">{guessText(video.guess)}</p>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button look="soft" size="sm" className="mt-4" onClick={() => void list.fetchNextPage()}>
          {t.admin.more}
        </Button>
      )}
    </Card>
  );
}

function UserLine({ user, isMe }: { user: User; isMe: boolean }) {
  const verify = useVerifyUser();
  const remove = useDeleteUser();
  const dialog = useRef<HTMLDialogElement>(null);
  const role = isAdmin(user)
    ? t.admin.administrator
    : user.claims.verified
      ? t.admin.verified
      : t.admin.unverified;
  return (
    <li className="flex flex-wrap items-center justify-end gap-x-3.5 gap-y-2 py-3">
      <Avatar user={user} />
      <div className="min-w-40 flex-1">
        <p className="truncate font-bold">{user.username}</p>
        <p className="truncate text-sm text-muted">
          <span className={user.claims.verified ? "" : "text-warn"}>{role}</span> ·{" "}
          {t.admin.lastSeen(formatAgo(user.lastSeen))}
        </p>
      </div>
      {!user.claims.verified && (
        <Button look="soft" size="sm" disabled={verify.isPending} onClick={() => verify.mutate(user.id)}>
          <UserCheck aria-hidden="true" /> {t.admin.verify}
        </Button>
      )}
      {!isMe && (
        <IconButton label={t.common.delete} size="sm" onClick={() => dialog.current?.showModal()}>
          <Trash2 />
        </IconButton>
      )}
      <dialog
        ref={dialog}
        aria-labelledby={`delete-${user.id}`}
        className="m-auto w-[min(26rem,90vw)] rounded-3xl border border-line bg-surface p-6 text-ink backdrop:bg-black/60"
      >
        <h3 id={`delete-${user.id}`} className="text-lg font-bold">
          {t.admin.deleteUser(user.username)}
        </h3>
        <p className="mt-2 text-muted">{t.admin.deleteUserHint}</p>
        <form method="dialog" className="mt-6 flex justify-end gap-3">
          <Button type="submit" look="soft">
            {t.common.cancel}
          </Button>
          <Button type="submit" look="danger" onClick={() => remove.mutate(user.id)}>
            {t.common.delete}
          </Button>
        </form>
      </dialog>
    </li>
  );
}

function Users() {
  const me = useMe();
  const list = useInfiniteQuery(users);
  return (
    <Card title={t.admin.users}>
      {list.isPending && <Spinner />}
      {list.isError && <p className="text-bad">{list.error.message}</p>}
      <ul className="divide-y divide-line">
        {list.data?.map((user) => (
          <UserLine key={user.id} user={user} isMe={user.id === me?.id} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button look="soft" size="sm" className="mt-4" onClick={() => void list.fetchNextPage()}>
          {t.admin.more}
        </Button>
      )}
    </Card>
  );
}

export function Admin() {
  const me = useMe();
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-5 px-4 pt-6">
      <PageTitle name={t.admin.title} />
      <h1 className="text-2xl font-extrabold tracking-tight md:text-3xl">{t.admin.title}</h1>
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
        <Scan allowed={canScan(me)} />
        <Users />
      </div>
      <Unmatched />
    </div>
  );
}
