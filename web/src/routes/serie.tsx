/** A serie: its header, seasons, and entries with progress. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CheckCheck, ChevronDown } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Entry, Season, Serie } from "~/api/models";
import { useMarkSeen } from "~/api/profiles";
import { entries, seasons, serie } from "~/api/shows";
import { useMe } from "~/api/users";
import { entryNumber } from "~/lib/format";
import { t } from "~/lib/strings";
import { IconButton } from "~/ui/Button";
import { EntryLine, EntryLineSkeleton } from "~/ui/EntryLine";
import { Menu, MenuRadio } from "~/ui/Menu";
import { PageTitle } from "~/ui/PageTitle";
import { PlayButton } from "~/ui/PlayButton";
import { ShowFacts, ShowHeader, ShowPageSkeleton, TrailerLink } from "~/ui/ShowHeader";
import { ShowMenu } from "~/ui/ShowMenu";
import { StaffRow } from "~/ui/StaffRow";
import { Empty, Failure, Spinner } from "~/ui/states";
import { WatchStatusMenu } from "~/ui/WatchStatusMenu";
import { PartOf } from "./movie";

const route = getRouteApi("/frame/series/$slug");

/** A serie with up to this many entries is listed whole, in watch order; longer ones open at one season. */
const listedWhole = 60;

const everySeason = "all";

function chosenSeason(show: Serie, list: Season[], wanted: string | undefined): number | null {
  const asked = Number(wanted);
  if (wanted && wanted !== everySeason && list.some((season) => season.seasonNumber === asked)) return asked;
  if (wanted === everySeason || list.length < 2 || show.entriesCount <= listedWhole) return null;
  const next = show.nextEntry ?? show.firstEntry;
  return next?.kind === "episode" ? next.seasonNumber : (list[0]?.seasonNumber ?? null);
}

const seasonTitle = (season: Season) => {
  const number = t.details.season(season.seasonNumber);
  return season.name && season.name !== number ? `${number} – ${season.name}` : number;
};

function SeasonMenu({ list, current, total }: { list: Season[]; current: number | null; total: number }) {
  const navigate = route.useNavigate();
  const season = list.find((candidate) => candidate.seasonNumber === current);
  const go = (value: string) =>
    void navigate({ search: { season: value }, replace: true, resetScroll: false });
  return (
    <Menu
      label={t.details.episodes}
      align="start"
      testId="season-menu"
      triggerClass="inline-flex max-w-full items-center gap-2 rounded-full text-left text-xl font-bold md:text-2xl"
      trigger={
        <>
          <span className="truncate font-display">{season ? seasonTitle(season) : t.details.allSeasons}</span>
          <ChevronDown className="size-6 shrink-0 text-muted" aria-hidden="true" />
        </>
      }
    >
      <MenuRadio
        checked={current === null}
        onSelect={() => go(everySeason)}
        hint={t.details.episodesCount(total)}
      >
        {t.details.allSeasons}
      </MenuRadio>
      {list.map((item) => (
        <MenuRadio
          key={item.id}
          checked={item.seasonNumber === current}
          onSelect={() => go(String(item.seasonNumber))}
          hint={
            item.availableCount < item.entriesCount
              ? t.details.available(item.availableCount, item.entriesCount)
              : t.details.episodesCount(item.entriesCount)
          }
        >
          {seasonTitle(item)}
        </MenuRadio>
      ))}
    </Menu>
  );
}

function Entries({ show, list, season }: { show: Serie; list: Season[]; season: number | null }) {
  const me = useMe();
  const markSeen = useMarkSeen();
  const query = useInfiniteQuery(entries(show.slug, season));
  const items = query.data ?? [];
  const end = useRef<HTMLDivElement>(null);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    const el = end.current;
    if (!el || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), {
      rootMargin: "800px",
    });
    observer.observe(el);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const listed = items.filter((item): item is Entry => item.kind !== "season");
  return (
    <section className="gutter mt-12">
      <div className="mb-3 flex min-w-0 items-center gap-3">
        {list.length > 1 ? (
          <SeasonMenu list={list} current={season} total={show.entriesCount} />
        ) : (
          <h2 className="text-xl font-bold md:text-2xl">{t.details.episodes}</h2>
        )}
        {me && listed.length > 0 && !hasNextPage && (
          <IconButton
            label={season === null ? t.details.markAllSeen : t.details.markSeasonSeen}
            size="sm"
            className="ml-auto"
            disabled={markSeen.isPending}
            onClick={() =>
              markSeen.mutate(listed.filter((entry) => entry.videos?.length).map((entry) => entry.id))
            }
          >
            <CheckCheck />
          </IconButton>
        )}
      </div>
      {query.isPending && Array.from({ length: 5 }, (_, i) => <EntryLineSkeleton key={String(i)} />)}
      {query.isError && <Failure error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && !items.length && <Empty title={t.details.noEpisodes} />}
      <div className="-mx-2 flex flex-col gap-1 sm:-mx-3">
        {items.map((item) =>
          item.kind === "season" ? (
            list.length > 1 && (
              <h3
                key={`season-${item.id}`}
                className="mx-2 mt-6 border-b border-line pb-2 text-lg font-bold first:mt-2 sm:mx-3"
              >
                {seasonTitle(item)}
              </h3>
            )
          ) : (
            <div
              key={item.id}
              className="[content-visibility:auto] [contain-intrinsic-size:auto_9.5rem] has-[[aria-expanded=true]]:[content-visibility:visible]"
            >
              <EntryLine entry={item} highlighted={item.id === show.nextEntry?.id} />
            </div>
          ),
        )}
      </div>
      <div ref={end} className="grid h-14 place-items-center">
        {isFetchingNextPage && <Spinner />}
      </div>
    </section>
  );
}

function playLabel(show: Serie): string {
  const next = show.nextEntry;
  if (!next) return t.common.play;
  const verb = (next.progress?.percent ?? 0) > 0 ? t.common.resume : t.common.play;
  return `${verb} ${entryNumber(next)}`;
}

export function SeriePage() {
  const { slug } = route.useParams();
  const { season: wanted } = route.useSearch();
  const query = useQuery(serie(slug));
  const seasonList = useQuery(seasons(slug));
  if (query.isPending) return <ShowPageSkeleton />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const show = query.data;
  const list = seasonList.data ?? [];
  return (
    <>
      <PageTitle name={show.name} />
      <ShowHeader
        show={show}
        actions={
          <>
            <PlayButton videos={(show.nextEntry ?? show.firstEntry)?.videos} label={playLabel(show)} />
            <WatchStatusMenu show={show} />
            <TrailerLink url={show.trailerUrl} />
            <ShowMenu show={show} />
          </>
        }
      />
      <ShowFacts show={show} />
      {!seasonList.isPending && (
        <Entries key={slug} show={show} list={list} season={chosenSeason(show, list, wanted)} />
      )}
      <StaffRow kind="series" slug={slug} />
      <PartOf show={show.collection} />
    </>
  );
}
