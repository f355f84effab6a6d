/** The reader's own watch list, by state, and what was watched last. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Bookmark } from "lucide-react";
import { type WatchStatus, watchStatuses } from "~/api/models";
import { history, watchlist } from "~/api/profiles";
import { t } from "~/lib/strings";
import { EntryCard } from "~/ui/EntryCard";
import { PageTitle } from "~/ui/PageTitle";
import { PosterGrid, PosterGridSkeleton } from "~/ui/PosterGrid";
import { Row } from "~/ui/Row";
import { Empty, Failure } from "~/ui/states";

const route = getRouteApi("/frame/profile");

const tab =
  "h-9 inline-flex items-center rounded-full px-4 text-sm font-bold whitespace-nowrap text-muted transition-colors hover:text-ink aria-[current=page]:bg-accent aria-[current=page]:text-white";

export function Profile() {
  const wanted = route.useSearch().status;
  const status = watchStatuses.find((candidate) => candidate === wanted) ?? null;
  const played = useInfiniteQuery(history);
  const list = useInfiniteQuery(watchlist(status));
  const tabs: [WatchStatus | null, string][] = [
    [null, t.common.all],
    ...watchStatuses.map((key): [WatchStatus, string] => [key, t.watchStatus[key]]),
  ];
  return (
    <>
      <PageTitle name={t.profile.title} />
      <h1 className="gutter mb-5 pt-5 text-2xl font-extrabold tracking-tight md:text-3xl">
        {t.profile.title}
      </h1>
      <nav className="gutter no-scrollbar mb-7 overflow-x-auto" aria-label={t.watchStatus.label}>
        <div className="inline-flex gap-1 rounded-full bg-raised p-1">
          {tabs.map(([key, label]) => (
            <Link
              key={label}
              to="/profile"
              search={{ status: key ?? undefined }}
              aria-current={key === status ? "page" : undefined}
              activeProps={{}}
              className={tab}
              replace
            >
              {label}
            </Link>
          ))}
        </div>
      </nav>
      <div className="gutter">
        {list.isPending ? (
          <PosterGridSkeleton />
        ) : list.isError ? (
          <Failure error={list.error} retry={() => void list.refetch()} />
        ) : list.data.length ? (
          <PosterGrid
            shows={list.data}
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            loadMore={list.fetchNextPage}
          />
        ) : (
          <Empty icon={<Bookmark />} title={t.profile.empty} hint={t.profile.emptyHint} />
        )}
      </div>
      {played.data && played.data.length > 0 && (
        <div className="mt-10">
          <Row title={t.profile.history} item="wide">
            {played.data.map((entry, i) => (
              // The same entry may have been watched several times.
              <EntryCard key={`${entry.id}-${String(i)}`} entry={entry} showAge />
            ))}
          </Row>
        </div>
      )}
    </>
  );
}
