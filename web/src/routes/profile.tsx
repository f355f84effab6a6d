/** A watch list, by state, and what was watched last: the reader's own, or, for those who may see users, of another one. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Bookmark } from "lucide-react";
import { user as userQuery } from "~/api/accounts";
import { type WatchStatus, watchStatuses } from "~/api/models/catalogue";
import { history, watchlist } from "~/api/profiles";
import { t } from "~/lib/strings";
import { PageTitle } from "~/ui/PageTitle";
import { Row } from "~/ui/Row";
import { EntryCard } from "~/ui/shows/EntryCard";
import { PosterGrid, PosterGridSkeleton } from "~/ui/shows/PosterGrid";
import { Empty, Failure } from "~/ui/states";

const ownRoute = getRouteApi("/frame/profile");
const otherRoute = getRouteApi("/frame/profiles/$slug");

export function OwnProfile() {
  return <Profile user="me" title={t.profile.title} status={ownRoute.useSearch().status} />;
}

export function OtherProfile() {
  const { slug } = otherRoute.useParams();
  const { status } = otherRoute.useSearch();
  const account = useQuery({ ...userQuery(slug), enabled: slug !== "me" }).data;
  const title = slug === "me" ? t.profile.title : account ? t.profile.titleOf(account.username) : "";
  return <Profile user={slug} title={title} status={status} />;
}

const tab =
  "h-9 inline-flex items-center rounded-full px-4 text-sm font-bold whitespace-nowrap text-muted transition-colors hover:text-ink aria-[current=page]:bg-accent aria-[current=page]:text-white";

type Props = { user: string; title: string; status: string | undefined };

function Profile({ user, title, status: wanted }: Props) {
  const status = watchStatuses.find((candidate) => candidate === wanted) ?? null;
  const played = useInfiniteQuery(history(user));
  const list = useInfiniteQuery(watchlist(user, status));
  const tabs: [WatchStatus | null, string][] = [
    [null, t.common.all],
    ...watchStatuses.map((key): [WatchStatus, string] => [key, t.watchStatus[key]]),
  ];
  return (
    <>
      <PageTitle name={title} />
      <h1 className="gutter mb-5 pt-5 text-2xl font-extrabold tracking-tight md:text-3xl">{title}</h1>
      <nav className="gutter no-scrollbar mb-7 overflow-x-auto" aria-label={t.watchStatus.label}>
        <div className="inline-flex gap-1 rounded-full bg-raised p-1">
          {tabs.map(([key, label]) => (
            <Link
              key={label}
              to="."
              search={{ status: key ?? undefined }}
              activeOptions={{ exact: true }}
              className={tab}
              replace
            >
              {label}
            </Link>
          ))}
        </div>
      </nav>
      <h2 className="sr-only">{t.browse.list}</h2>
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
          <Empty
            icon={<Bookmark />}
            title={t.profile.empty}
            hint={user === "me" ? t.profile.emptyHint : undefined}
          />
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
