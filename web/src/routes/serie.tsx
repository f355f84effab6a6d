/** A serie: its header, seasons, and entries with progress. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { CheckCheck, ChevronDown, FileQuestion, Pencil, Undo2 } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Season, Serie } from "~/api/models/catalogue";
import { useMarkSeason } from "~/api/profiles";
import { entries, missingOf, seasonSpan, seasons, serie } from "~/api/shows";
import { may, useMe } from "~/api/users";
import { entryNumber } from "~/lib/format";
import { missingNames } from "~/lib/missing";
import { t } from "~/lib/strings";
import { ConfirmDialog } from "~/ui/Dialog";
import { Menu, MenuItem, MenuRadio } from "~/ui/Menu";
import { PageTitle } from "~/ui/PageTitle";
import { EntryLine, EntryLineSkeleton } from "~/ui/shows/EntryLine";
import { ExtrasRow } from "~/ui/shows/ExtrasRow";
import { PlayButton } from "~/ui/shows/PlayButton";
import { ScoreMenu } from "~/ui/shows/ScoreMenu";
import { ShowFacts, ShowHeader, ShowPageSkeleton, TrailerLink } from "~/ui/shows/ShowHeader";
import { ShowMenu } from "~/ui/shows/ShowMenu";
import { SimilarRow } from "~/ui/shows/SimilarRow";
import { StaffRow } from "~/ui/shows/StaffRow";
import { WatchStatusMenu } from "~/ui/shows/WatchStatusMenu";
import { Empty, Failure, Spinner } from "~/ui/states";
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
      label={`${t.details.episodes}: ${season ? seasonTitle(season) : t.details.allSeasons}`}
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

/** Marks the whole serie (`season` null) or one season as seen, or takes that back. */
function MarkMenu({
  serie: slug,
  season,
  className = "",
}: {
  serie: string;
  season: number | null;
  className?: string;
}) {
  const mark = useMarkSeason(slug);
  const forgetting = useRef<HTMLDialogElement>(null);
  return (
    <div className={className}>
      <Menu
        label={t.details.marks}
        testId="mark-menu"
        trigger={<CheckCheck className="size-5" aria-hidden="true" />}
        triggerClass="grid size-9 place-items-center rounded-full text-muted transition-colors hover:bg-raised hover:text-ink"
      >
        <MenuItem onSelect={() => mark.mutate({ season, seen: true })} data-testid="mark-seen">
          <CheckCheck /> {season === null ? t.details.markAllSeen : t.details.markSeasonSeen}
        </MenuItem>
        <MenuItem onSelect={() => forgetting.current?.showModal()} data-testid="mark-unseen">
          <Undo2 /> {season === null ? t.details.markAllUnseen : t.details.markSeasonUnseen}
        </MenuItem>
      </Menu>
      <ConfirmDialog
        ref={forgetting}
        title={t.details.unseenQuestion}
        hint={t.details.unseenHint}
        action={season === null ? t.details.markAllUnseen : t.details.markSeasonUnseen}
        onConfirm={() => mark.mutate({ season, seen: false })}
        testId="mark-unseen-confirm"
      />
    </div>
  );
}

function EditSeason({ season }: { season: Season }) {
  const me = useMe();
  if (!may(me, "core.write")) return null;
  const label = t.edit.title(seasonTitle(season));
  return (
    <Link
      to="/edit/$kind/$slug"
      params={{ kind: "seasons", slug: season.slug }}
      aria-label={label}
      title={label}
      className="ml-auto grid size-9 place-items-center rounded-full text-muted transition-colors hover:bg-raised hover:text-ink"
      data-testid="edit-season"
    >
      <Pencil className="size-4.5" aria-hidden="true" />
    </Link>
  );
}

/** The episodes that the library lacks. */
function MissingLine({ serie: slug, season }: { serie: string; season: number | null }) {
  const missing = useQuery(missingOf(slug)).data?.filter(
    (episode) => season === null || episode.seasonNumber === season,
  );
  if (!missing?.length) return null;
  return (
    <p
      className="mb-3 flex items-center gap-2.5 rounded-2xl bg-warn/12 px-4 py-3 text-sm font-semibold text-warn"
      data-testid="missing"
    >
      <FileQuestion className="size-5 shrink-0" aria-hidden="true" />
      {t.details.missing(missingNames(missing))}
    </p>
  );
}

function Entries({ show, list, season }: { show: Serie; list: Season[]; season: number | null }) {
  const me = useMe();
  const span = useQuery({ ...seasonSpan(show.slug, season ?? 0), enabled: season !== null });
  const query = useInfiniteQuery({
    ...entries(show.slug, season, span.data),
    enabled: season === null || !span.isPending,
  });
  const items = query.data ?? [];
  const end = useRef<HTMLDivElement>(null);
  const only = list.length === 1 ? list[0] : list.find((candidate) => candidate.seasonNumber === season);

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

  return (
    <section className="gutter mt-12">
      <div className="mb-3 flex min-w-0 items-center gap-3">
        {list.length > 1 ? (
          <SeasonMenu list={list} current={season} total={show.entriesCount} />
        ) : (
          <h2 className="text-xl font-bold md:text-2xl">{t.details.episodes}</h2>
        )}
        {only && <EditSeason season={only} />}
        {me && items.length > 0 && (
          <MarkMenu serie={show.slug} season={season} className={only ? "" : "ml-auto"} />
        )}
      </div>
      <MissingLine serie={show.slug} season={season} />
      {query.isPending && Array.from({ length: 5 }, (_, i) => <EntryLineSkeleton key={String(i)} />)}
      {query.isError && <Failure error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && !items.length && <Empty title={t.details.noEpisodes} />}
      <div className="-mx-2 flex flex-col gap-1 sm:-mx-3">
        {items.map((item) =>
          item.kind === "season" ? (
            list.length > 1 && (
              <div
                key={`season-${item.id}`}
                className="mx-2 mt-6 flex items-end justify-between gap-3 border-b border-line pb-2 first:mt-2 sm:mx-3"
              >
                <h3 className="text-lg font-bold">{seasonTitle(item)}</h3>
                <EditSeason season={item} />
                {me && <MarkMenu serie={show.slug} season={item.seasonNumber} />}
              </div>
            )
          ) : (
            <div
              key={item.id}
              className="[content-visibility:auto] [contain-intrinsic-size:auto_9.5rem] has-[[aria-expanded=true]]:[content-visibility:visible]"
            >
              <EntryLine entry={item} title={show.slug} highlighted={item.id === show.nextEntry?.id} />
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
            <PlayButton
              videos={(show.nextEntry ?? show.firstEntry)?.videos}
              title={show.slug}
              label={playLabel(show)}
            />
            <WatchStatusMenu show={show} />
            <ScoreMenu show={show} />
            <TrailerLink url={show.trailerUrl} />
            <ShowMenu show={show} />
          </>
        }
      />
      <ShowFacts show={show} />
      {!seasonList.isPending && (
        <Entries key={slug} show={show} list={list} season={chosenSeason(show, list, wanted)} />
      )}
      <ExtrasRow kind="series" slug={slug} />
      <StaffRow kind="series" slug={slug} />
      <PartOf show={show.collection} />
      <SimilarRow kind="series" slug={slug} />
    </>
  );
}
