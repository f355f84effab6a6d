/** A search field, and the lists of what it found: titles of the library, of metadata providers, episodes, files. */
import { useQuery } from "@tanstack/react-query";
import { Film, type LucideIcon, Plus, Tv } from "lucide-react";
import { type ReactNode, useState } from "react";
import { findNamed, type Named } from "~/api/editing";
import { type Collection, findEntries, findFiles, searchProviders } from "~/api/library";
import type { Entry, Movie, Serie } from "~/api/models/catalogue";
import type { FullVideo } from "~/api/models/files";
import type { SearchResult } from "~/api/models/scanner";
import { showRow } from "~/api/shows";
import { entryName, entryNumber, formatYears } from "~/lib/format";
import { queryString } from "~/lib/query";
import { t } from "~/lib/strings";
import { useDebounced } from "~/lib/useDebounced";
import { Artwork, qualityFor } from "./Artwork";
import { Button } from "./Button";
import { Spinner } from "./states";

type FieldProps = { label: string; value: string; onChange: (value: string) => void; autoFocus?: boolean };

export const SearchField = ({ label, value, onChange, autoFocus }: FieldProps) => (
  <input
    type="search"
    value={value}
    aria-label={label}
    placeholder={label}
    // biome-ignore lint/a11y/noAutofocus: it is the one thing to do after the button that opened it.
    autoFocus={autoFocus}
    onChange={(event) => onChange(event.target.value)}
    className="h-11 w-full rounded-xl border border-line bg-canvas px-4 placeholder:text-muted hover:border-muted focus:border-accent"
  />
);

type LineProps = {
  picture?: ReactNode;
  title: string;
  hint?: string;
  onPick: () => void;
  disabled?: boolean;
};

/** One result; the whole line is the button. */
const Line = ({ picture, title, hint, onPick, disabled }: LineProps) => (
  <li>
    <button
      type="button"
      disabled={disabled}
      onClick={onPick}
      data-testid="result"
      className="-mx-2 flex w-[calc(100%+1rem)] items-center gap-3.5 rounded-xl p-2 text-left hover:bg-raised disabled:opacity-50"
    >
      {picture}
      <span className="min-w-0 flex-1">
        <span className="block font-bold break-words">{title}</span>
        {hint && <span className="line-clamp-2 text-sm text-muted">{hint}</span>}
      </span>
    </button>
  </li>
);

type ResultsProps<T> = {
  query: { data: T[] | undefined; isPending: boolean; error: Error | null };
  empty: string;
  children: (item: T) => ReactNode;
};

function Results<T>({ query, empty, children }: ResultsProps<T>) {
  if (query.error) return <p className="text-bad">{query.error.message}</p>;
  if (query.isPending) return <Spinner />;
  if (!query.data?.length) return <p className="py-2 text-muted">{empty}</p>;
  return <ul className="max-h-[28rem] overflow-y-auto px-2">{query.data.map(children)}</ul>;
}

type Pick<T> = { disabled?: boolean; onPick: (item: T) => void };

/** Films and series of the library, but for the one whose id is `without`. */
export function LibraryResults({
  query,
  without,
  onPick,
  disabled,
}: Pick<Movie | Serie> & { query: string; without?: string }) {
  const found = useQuery(showRow({ query: useDebounced(query), limit: 20 }));
  const data = found.data?.filter(
    (show): show is Movie | Serie => show.kind !== "collection" && show.id !== without,
  );
  return (
    <Results query={{ ...found, data }} empty={t.match.noResults}>
      {(show) => (
        <Line
          key={show.id}
          picture={
            <Artwork
              image={show.poster}
              title={show.name}
              quality={qualityFor(44)}
              className="aspect-2/3 w-11 shrink-0 rounded-lg"
            />
          }
          title={show.name}
          hint={[t.browse.kinds[show.kind], formatYears(show)].filter(Boolean).join(" · ")}
          disabled={disabled}
          onPick={() => onPick(show)}
        />
      )}
    </Results>
  );
}

const resultYear = (result: SearchResult) => (result.airDate ?? result.startAir ?? "").slice(0, 4);

/** The year of a result, or null. */
export const yearOf = (result: SearchResult) => Number(resultYear(result)) || null;

/** The address on this very server, by whatever name it is open: the server says the one that it knows itself by. */
const ownAddress = (url: string) => {
  const { pathname, search } = new URL(url, location.href);
  return pathname === "/api/images" ? pathname + search : `/api/images${queryString({ url })}`;
};

/** A poster from elsewhere, which our own server shows: the page may load nothing from others. An icon where there is none. */
export function ProviderPoster({ url, icon: Icon }: { url: string | null | undefined; icon: LucideIcon }) {
  const [failed, setFailed] = useState(false);
  return (
    <span className="grid aspect-2/3 w-11 shrink-0 place-items-center overflow-hidden rounded-lg bg-raised">
      {url && !failed ? (
        <img
          src={ownAddress(url)}
          alt=""
          loading="lazy"
          onError={() => setFailed(true)}
          className="size-full object-cover"
        />
      ) : (
        <Icon className="size-5 text-accent-text" aria-hidden="true" />
      )}
    </span>
  );
}

/** Titles of the metadata providers. */
export function ProviderResults({
  collection,
  query,
  onPick,
  disabled,
}: Pick<SearchResult> & { collection: Collection; query: string }) {
  const settled = useDebounced(query.trim(), 500);
  const found = useQuery({ ...searchProviders(collection, settled), enabled: settled !== "" });
  if (!settled) return null;
  return (
    <Results query={found} empty={t.match.noProvider}>
      {(result) => (
        <Line
          key={result.id}
          picture={<ProviderPoster url={result.poster} icon={collection === "movies" ? Film : Tv} />}
          title={[result.name, resultYear(result) && `(${resultYear(result)})`].filter(Boolean).join(" ")}
          hint={result.description ?? undefined}
          disabled={disabled}
          onPick={() => onPick(result)}
        />
      )}
    </Results>
  );
}

/** The entries of a serie, with a field that searches them. */
export function EntryPicker({ serie, onPick, disabled }: Pick<Entry> & { serie: string }) {
  const [text, setText] = useState("");
  const found = useQuery(findEntries(serie, useDebounced(text)));
  return (
    <div className="flex flex-col gap-3">
      <SearchField label={t.match.searchEntry} value={text} onChange={setText} autoFocus />
      <Results query={found} empty={t.match.noResults}>
        {(entry) => (
          <Line
            key={entry.id}
            title={`${entryNumber(entry)} ${entryName(entry)}`}
            disabled={disabled}
            onPick={() => onPick(entry)}
          />
        )}
      </Results>
    </div>
  );
}

type NamedProps = {
  resource: "collections" | "studios" | "staff";
  onPick: (item: Named) => void;
  /** Takes the text for the name of a new one. */
  onNew: (name: string) => void;
};

/** Collections, studios or people, with a field that searches them and can make a new one. */
export function NamedPicker({ resource, onPick, onNew }: NamedProps) {
  const [text, setText] = useState("");
  const found = useQuery(findNamed(resource, useDebounced(text)));
  const name = text.trim();
  return (
    <div className="flex flex-col gap-3">
      <SearchField label={t.match.search} value={text} onChange={setText} autoFocus />
      <Results query={found} empty={t.match.noResults}>
        {(item) => <Line key={item.slug} title={item.name} onPick={() => onPick(item)} />}
      </Results>
      {name && (
        <Button look="soft" size="sm" onClick={() => onNew(name)} data-testid="take-name">
          <Plus aria-hidden="true" /> {t.match.byName(name)}
        </Button>
      )}
    </div>
  );
}

/** The files of the library, with a field that searches them. */
export function FilePicker({ onPick, disabled }: Pick<FullVideo>) {
  const [text, setText] = useState("");
  const found = useQuery(findFiles(useDebounced(text)));
  return (
    <div className="flex flex-col gap-3">
      <SearchField label={t.mapping.searchVideo} value={text} onChange={setText} autoFocus />
      <Results query={found} empty={t.match.noResults}>
        {(video) => (
          <Line
            key={video.id}
            title={video.path}
            hint={video.guess.title}
            disabled={disabled}
            onPick={() => onPick(video)}
          />
        )}
      </Results>
    </div>
  );
}
