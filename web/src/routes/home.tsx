/** The home page: a hero, what to continue, what is new, and the library; or, while it is still empty, a word of patience. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ellipsis, EyeOff, FolderOpen, FolderSearch, Info, Play, X } from "lucide-react";
import { useEffect } from "react";
import { live, whenSilent } from "~/api/live";
import type { Entry, Show } from "~/api/models/catalogue";
import { news, nextUp, recommendations, useHide, useRemoveFromNextUp } from "~/api/profiles";
import { useScanProgress } from "~/api/scanner";
import { isLoggedIn } from "~/api/session";
import { randomShow, showPages, showRow } from "~/api/shows";
import { administers, useMe } from "~/api/users";
import { formatRating, formatYears, genreName } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { ScanBar, ScanWarnings } from "~/ui/admin/ScanState";
import { ButtonLink } from "~/ui/Button";
import { bestLink, playLink, showLink } from "~/ui/links";
import { Menu, MenuItem } from "~/ui/Menu";
import { PageTitle } from "~/ui/PageTitle";
import { Row } from "~/ui/Row";
import { EntryCard, EntrySkeleton } from "~/ui/shows/EntryCard";
import { Hero } from "~/ui/shows/Hero";
import { PosterCard, PosterSkeleton } from "~/ui/shows/PosterCard";
import { PosterGrid } from "~/ui/shows/PosterGrid";
import { Empty, Failure, Spinner } from "~/ui/states";

/** How often an empty library is asked again, and how often a growing one (milliseconds). */
const whileEmpty = 2500;
const whileGrowing = 8000;
/** Below this many titles the library may still be in its first scan. */
const small = 24;

function FeaturedShow({ show }: { show: Show }) {
  const play =
    show.kind === "serie"
      ? playLink(show.firstEntry?.videos)
      : show.kind === "movie" && show.isAvailable
        ? bestLink(show.slug)
        : undefined;
  const facts = [formatYears(show), formatRating(show.rating) && `★ ${formatRating(show.rating)}`]
    .concat(show.genres.slice(0, 3).map(genreName))
    .filter(Boolean);
  return (
    <Hero image={show.thumbnail ?? show.poster} title={show.name} tall>
      <div className="max-w-2xl animate-rise">
        <h1 className="text-3xl font-extrabold tracking-tight text-balance sm:text-5xl">
          <Link {...showLink(show)} className="rounded-lg">
            {show.name}
          </Link>
        </h1>
        <p className="mt-3 text-sm font-semibold text-white/75 sm:text-base">{facts.join("  ·  ")}</p>
        {(show.description ?? show.tagline) && (
          <p className="mt-3 line-clamp-3 max-w-xl text-white/85 text-pretty">
            {show.description ?? show.tagline}
          </p>
        )}
        <div className="mt-6 flex flex-wrap gap-3">
          {play && (
            <ButtonLink {...play} size="lg" data-testid="hero-play">
              <Play className="fill-current" aria-hidden="true" /> {t.common.play}
            </ButtonLink>
          )}
          <ButtonLink {...showLink(show)} look="glass" size="lg">
            <Info aria-hidden="true" /> {t.common.moreInfo}
          </ButtonLink>
        </div>
      </div>
    </Hero>
  );
}

function ContinueMenu({ entry }: { entry: Entry }) {
  const show = entry.show;
  const remove = useRemoveFromNextUp();
  const hide = useHide({ kind: show?.kind ?? "movie", slug: show?.slug ?? "" });
  if (!show) return null;
  return (
    <Menu
      label={t.details.options(show.name)}
      trigger={<Ellipsis className="size-5" />}
      triggerClass="grid size-9 place-items-center rounded-full bg-black/65 text-white backdrop-blur"
    >
      <MenuItem onSelect={() => remove.mutate(show.slug)} data-testid="nextup-remove">
        <X /> {t.home.remove}
      </MenuItem>
      <MenuItem
        onSelect={() => hide.mutate(true, { onSuccess: () => showToast(t.home.hidden(show.name)) })}
        data-testid="nextup-hide"
      >
        <EyeOff /> {t.home.hide}
      </MenuItem>
    </Menu>
  );
}

function ContinueWatching() {
  const { data } = useQuery({ ...nextUp, enabled: isLoggedIn() });
  if (!data?.length) return null;
  return (
    <Row title={t.home.continueWatching} item="wide">
      {data.map((entry) => (
        <EntryCard key={entry.id} entry={entry} menu={<ContinueMenu entry={entry} />} />
      ))}
    </Row>
  );
}

function News({ refetchInterval }: { refetchInterval: number | false }) {
  const { data, isPending } = useQuery({ ...news, refetchInterval });
  if (!isPending && !data?.length) return null;
  return (
    <Row title={t.home.recentlyAdded} item="wide">
      {isPending
        ? Array.from({ length: 6 }, (_, i) => <EntrySkeleton key={String(i)} />)
        : data?.map((entry) => <EntryCard key={entry.id} entry={entry} />)}
    </Row>
  );
}

function Recommendations() {
  const { data } = useQuery({ ...recommendations, enabled: isLoggedIn() });
  if (!data?.length) return null;
  return (
    <Row title={t.home.recommended} item="poster">
      {data.map((show) => (
        <PosterCard key={show.id} show={show} hint={t.home.because(show.because.name)} />
      ))}
    </Row>
  );
}

function ShowRow({
  title,
  filter,
  refetchInterval,
}: {
  title: string;
  filter: string;
  refetchInterval: number | false;
}) {
  const { data, isPending } = useQuery({
    ...showRow({ filter, sort: "-createdAt", limit: 24 }),
    refetchInterval,
  });
  if (!isPending && !data?.length) return null;
  return (
    <Row
      title={title}
      item="poster"
      action={
        <Link
          to="/browse"
          search={{ filter }}
          className="rounded-full px-3 py-1 text-sm font-bold text-accent-text hover:bg-raised"
        >
          {t.home.seeAll}
        </Link>
      }
    >
      {isPending
        ? Array.from({ length: 9 }, (_, i) => <PosterSkeleton key={String(i)} />)
        : data?.map((show) => <PosterCard key={show.id} show={show} />)}
    </Row>
  );
}

/** While there is no title: how far the first scan is, or, when nothing was found, what to do. */
function FirstScan() {
  const me = useMe();
  const { data: progress, isEnabled, isError } = useScanProgress();
  // Whoever may not know how far the scanner is sees that there is nothing, and that it can change.
  const untold = !progress && (isError || (me !== null && !isEnabled));
  const nothing = untold || (progress && !progress.running && progress.found === 0);
  return (
    <div className="relative overflow-hidden" data-testid="first-scan">
      <PageTitle />
      <div
        aria-hidden="true"
        className="gutter absolute inset-0 grid grid-cols-3 content-start gap-4 pt-6 opacity-50 mask-b-from-20% mask-b-to-95% sm:grid-cols-5 lg:grid-cols-7"
      >
        {Array.from({ length: 14 }, (_, i) => (
          <div
            key={String(i)}
            className={`aspect-2/3 rounded-2xl ${nothing ? "bg-raised" : "skeleton"}`}
            style={{ animationDelay: `${i * 90}ms` }}
          />
        ))}
      </div>
      <div className="relative grid min-h-[78vh] place-items-center px-4">
        <div className="max-w-lg rounded-3xl border border-line bg-surface/90 shadow-2xl shadow-black/20 backdrop-blur-xl">
          <Empty
            alone
            compact
            icon={nothing ? <FolderOpen /> : <FolderSearch />}
            title={nothing ? t.home.nothingTitle : t.home.emptyTitle}
            hint={untold ? t.home.untoldBody : nothing ? t.home.nothingBody : t.home.emptyBody}
          >
            {progress && <ScanWarnings progress={progress} />}
            {nothing && administers(me) && <p className="text-sm text-muted">{t.home.nothingHint}</p>}
            {!nothing && (progress ? <ScanBar progress={progress} /> : <Spinner className="size-6" />)}
            {administers(me) && (
              <ButtonLink to="/admin" look="soft" size="sm">
                {t.home.toAdmin}
              </ButtonLink>
            )}
          </Empty>
        </div>
      </div>
    </div>
  );
}

export function Home() {
  useEffect(() => {
    // The next click is probably on a play button: have the player ready.
    const timer = setTimeout(() => void import("./watch"), 2500);
    return () => clearTimeout(timer);
  }, []);
  const everything = useInfiniteQuery({
    ...showPages({ sort: "name", limit: 60 }),
    refetchInterval: (query) => {
      const known = query.state.data?.pages[0]?.items.length ?? 0;
      if (known === 0) return whenSilent("catalogue", whileEmpty);
      return known < small ? whenSilent("catalogue", whileGrowing) : false;
    },
  });
  const shows = everything.data ?? [];
  const featured = useQuery({ ...randomShow, enabled: shows.length > 0 });
  const refetchInterval = shows.length < small && !live.tells("catalogue") ? whileGrowing : false;

  if (everything.isError && !everything.data) {
    return <Failure error={everything.error} retry={() => void everything.refetch()} />;
  }
  if (everything.isSuccess && !shows.length) return <FirstScan />;

  const hero = featured.data ?? (featured.isError ? shows[0] : undefined);
  return (
    <>
      <PageTitle />
      {hero ? (
        <FeaturedShow show={hero} />
      ) : (
        <div className="skeleton -mt-16 min-h-[74svh] md:min-h-[70vh]" aria-hidden="true" />
      )}
      <div className="mt-6 flex flex-col gap-9 md:mt-8 md:gap-11">
        <ContinueWatching />
        <News refetchInterval={refetchInterval} />
        <Recommendations />
        <ShowRow title={t.home.films} filter="kind eq movie" refetchInterval={refetchInterval} />
        <ShowRow title={t.home.series} filter="kind eq serie" refetchInterval={refetchInterval} />
        <ShowRow title={t.home.collections} filter="kind eq collection" refetchInterval={refetchInterval} />
        {shows.length > 0 && (
          <section aria-label={t.home.everything} className="gutter">
            <h2 className="mb-4 text-lg font-bold tracking-tight md:text-xl">{t.home.everything}</h2>
            <PosterGrid
              shows={shows}
              hasMore={everything.hasNextPage}
              loadingMore={everything.isFetchingNextPage}
              loadMore={everything.fetchNextPage}
            />
          </section>
        )}
      </div>
    </>
  );
}
