/** All shows, narrowed by search, kind and genre and sorted; the whole state is in the address. */

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import {
  ArrowDownWideNarrow,
  ArrowUpNarrowWide,
  Bookmark,
  ChevronDown,
  SearchX,
  Tags,
  X,
} from "lucide-react";
import type { ReactNode } from "react";
import { type Show, watchStatuses } from "~/api/models/catalogue";
import { showPages } from "~/api/shows";
import { useMe } from "~/api/users";
import { buildFilter, joinFilters, parseFilter, unseen } from "~/lib/query";
import { t } from "~/lib/strings";
import { IconButton } from "~/ui/Button";
import { Menu, MenuRadio } from "~/ui/Menu";
import { PageTitle } from "~/ui/PageTitle";
import { PosterGrid, PosterGridSkeleton } from "~/ui/shows/PosterGrid";
import { Empty, Failure } from "~/ui/states";

const route = getRouteApi("/frame/browse");

type SortKey = keyof typeof t.browse.sorts;

/** What the server calls each order, and the direction a reader expects first. */
const orders: Record<SortKey, { key: string; descending: boolean }> = {
  name: { key: "name", descending: false },
  startAir: { key: "startAir", descending: true },
  createdAt: { key: "createdAt", descending: true },
  // The source is the one that titles are rated by.
  rating: { key: "rating:", descending: true },
  score: { key: "score", descending: true },
};

function parseSort(sort: string | undefined): { name: SortKey; descending: boolean } {
  const descending = sort?.startsWith("-") ?? false;
  const key = sort?.replace(/^-/, "") ?? "name";
  const name = (Object.keys(orders) as SortKey[]).find(
    (candidate) => orders[candidate].key === key.replace(/:.*/, ":"),
  );
  return { name: name ?? "name", descending };
}

const ratingSource = (shows: Show[]) =>
  shows.flatMap((show) => Object.keys(show.rating))[0] ?? "themoviedatabase";

function statusName(status: string): string {
  if (status === unseen) return t.browse.unseen;
  const known = watchStatuses.find((candidate) => candidate === status);
  return known ? t.watchStatus[known] : status || t.browse.seenOrNot;
}

const chip =
  "inline-flex h-10 items-center gap-2 rounded-full bg-raised px-4 text-sm font-bold transition-colors hover:bg-line [&_svg]:size-4";

function KindTabs({ kind, onChange }: { kind: string; onChange: (kind: string) => void }) {
  const kinds = {
    "": t.browse.kinds.all,
    movie: t.browse.kinds.movie,
    serie: t.browse.kinds.serie,
    collection: t.browse.kinds.collection,
  };
  return (
    <fieldset
      className="no-scrollbar flex max-w-full gap-1 overflow-x-auto rounded-full bg-raised p-1"
      aria-label={t.browse.kind}
    >
      {Object.entries(kinds).map(([value, label]) => (
        <button
          key={value}
          type="button"
          aria-pressed={kind === value}
          onClick={() => onChange(value)}
          className="h-8 rounded-full px-3.5 text-sm font-bold whitespace-nowrap text-muted transition-colors hover:text-ink aria-pressed:bg-accent aria-pressed:text-white"
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

const Removable = ({
  children,
  onRemove,
  label,
}: {
  children: ReactNode;
  onRemove: () => void;
  label: string;
}) => (
  <button
    type="button"
    onClick={onRemove}
    title={label}
    className={`${chip} !bg-accent/15 text-accent-text hover:!bg-accent/25`}
  >
    {children}
    <X aria-hidden="true" />
  </button>
);

export function Browse() {
  const { filter = "", sort, q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const me = useMe();
  const { kind, status, genres, rest } = parseFilter(filter);
  const { name: sortName, descending } = parseSort(sort);

  const set = (next: { filter?: string; sort?: string; q?: string }) =>
    void navigate({
      search: (old) => ({ ...old, ...next, ...(next.filter === "" && { filter: undefined }) }),
      replace: true,
    });
  const setFilter = (next: { kind?: string; status?: string; genres?: string[] }) =>
    set({ filter: joinFilters(buildFilter({ kind, status, genres, ...next }), rest) });
  const setSort = (name: SortKey, down: boolean) => {
    const source = name === "rating" ? ratingSource(shows) : "";
    const value = (down ? "-" : "") + orders[name].key + source;
    set({ sort: value === "name" ? undefined : value });
  };

  const list = useInfiniteQuery({
    ...showPages({ filter, sort: sort ?? "name", query: q, limit: 60 }),
    // The old results stay in place until the new ones are there: no flicker while typing.
    placeholderData: keepPreviousData,
  });
  const shows = list.data ?? [];

  return (
    <div className="gutter pt-5">
      <PageTitle name={q ? t.browse.results(q) : t.browse.title} />
      <h1 className="mb-5 text-2xl font-extrabold tracking-tight md:text-3xl">
        {q ? t.browse.results(q) : t.browse.title}
      </h1>
      <h2 className="sr-only">{t.browse.list}</h2>
      <div className="mb-6 flex flex-wrap items-center gap-2.5">
        <KindTabs kind={kind} onChange={(value) => setFilter({ kind: value })} />
        <Menu
          label={t.browse.genres}
          align="start"
          triggerClass={chip}
          trigger={
            <>
              <Tags aria-hidden="true" /> {t.browse.genres} <ChevronDown aria-hidden="true" />
            </>
          }
        >
          {Object.entries(t.genres).map(([genre, label]) => (
            <MenuRadio
              key={genre}
              checked={genres.includes(genre)}
              onSelect={() =>
                setFilter({
                  genres: genres.includes(genre) ? genres.filter((g) => g !== genre) : [...genres, genre],
                })
              }
            >
              {label}
            </MenuRadio>
          ))}
        </Menu>
        {me && (
          <Menu
            label={`${t.watchStatus.label}: ${statusName(status)}`}
            align="start"
            triggerClass={status ? `${chip} !bg-accent/15 text-accent-text hover:!bg-accent/25` : chip}
            testId="status-filter"
            trigger={
              <>
                <Bookmark aria-hidden="true" /> {statusName(status)} <ChevronDown aria-hidden="true" />
              </>
            }
          >
            {["", unseen, ...watchStatuses].map((value) => (
              <MenuRadio key={value} checked={value === status} onSelect={() => setFilter({ status: value })}>
                {statusName(value)}
              </MenuRadio>
            ))}
          </Menu>
        )}
        {genres.map((genre) => (
          <Removable
            key={genre}
            label={t.browse.clear}
            onRemove={() => setFilter({ genres: genres.filter((g) => g !== genre) })}
          >
            {(t.genres as Record<string, string>)[genre] ?? genre}
          </Removable>
        ))}
        {rest && (
          <Removable
            label={t.browse.clear}
            onRemove={() => set({ filter: buildFilter({ kind, status, genres }) })}
          >
            {rest}
          </Removable>
        )}
        {!q && (
          <div className="flex items-center gap-1 sm:ml-auto">
            <Menu
              label={`${t.browse.sort}: ${t.browse.sorts[sortName]}`}
              triggerClass={chip}
              trigger={
                <>
                  {t.browse.sorts[sortName]} <ChevronDown aria-hidden="true" />
                </>
              }
            >
              {(Object.keys(orders) as SortKey[])
                .filter((name) => me || name !== "score")
                .map((name) => (
                  <MenuRadio
                    key={name}
                    checked={name === sortName}
                    onSelect={() => setSort(name, orders[name].descending)}
                  >
                    {t.browse.sorts[name]}
                  </MenuRadio>
                ))}
            </Menu>
            <IconButton
              label={descending ? t.browse.descending : t.browse.ascending}
              size="sm"
              onClick={() => setSort(sortName, !descending)}
            >
              {descending ? <ArrowDownWideNarrow /> : <ArrowUpNarrowWide />}
            </IconButton>
          </div>
        )}
      </div>
      {list.isPending ? (
        <PosterGridSkeleton />
      ) : list.isError ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : shows.length ? (
        <div className={list.isPlaceholderData ? "opacity-60 transition-opacity" : ""}>
          <PosterGrid
            shows={shows}
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            loadMore={list.fetchNextPage}
          />
        </div>
      ) : (
        <Empty
          icon={<SearchX />}
          title={q || filter ? t.browse.empty : t.home.nothingTitle}
          hint={q || filter ? t.browse.emptyHint : undefined}
        />
      )}
    </div>
  );
}
