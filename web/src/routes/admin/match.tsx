/** Says by hand what a file is: an entry of the library, or a new title; or adds a title that has no file yet. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type Collection, file, type MetadataRequest, useAddShow, useMatchFile } from "~/api/library";
import type { Serie } from "~/api/models/catalogue";
import type { FullVideo, GuessEpisode } from "~/api/models/files";
import type { SearchResult } from "~/api/models/scanner";
import { may, useMe } from "~/api/users";
import { entryTitle } from "~/lib/format";
import { episodeNumber, guessedLink, guessText, type Link, providerIds } from "~/lib/guess";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Button } from "~/ui/Button";
import { Card, SelectField, TextField } from "~/ui/Field";
import { EntryPicker, LibraryResults, ProviderResults, SearchField, yearOf } from "~/ui/Search";
import { Failure, Spinner } from "~/ui/states";

const matchRoute = getRouteApi("/frame/admin/match/$videoId");
const addRoute = getRouteApi("/frame/admin/add");

type Kind = keyof typeof t.match.tabs;

function useFinished() {
  const navigate = useNavigate();
  return (message: string) => {
    showToast(message);
    void navigate({ to: "/admin" });
  };
}

/** Which episode of the library's serie the file is. */
function EpisodeStep({ serie, video, onBack }: { serie: Serie; video: FullVideo; onBack: () => void }) {
  const match = useMatchFile();
  const finished = useFinished();
  const link = (links: Link[], name: string) =>
    match.mutate({ id: video.id, links }, { onSuccess: () => finished(t.match.linked(name)) });
  const guessed = video.guess.episodes ?? [];
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <Button look="soft" size="sm" onClick={onBack}>
          <ArrowLeft aria-hidden="true" /> {t.match.back}
        </Button>
        <p className="font-bold">
          {serie.name}: {t.match.chooseEntry}
        </p>
      </div>
      {guessed.length > 0 && (
        <div>
          <Button
            size="sm"
            disabled={match.isPending}
            onClick={() =>
              link(
                guessed.map((episode) => guessedLink(serie.slug, episode)),
                serie.name,
              )
            }
          >
            {t.mapping.accept(guessed.map(episodeNumber).join(" "))}
          </Button>
        </div>
      )}
      <EntryPicker
        serie={serie.slug}
        disabled={match.isPending}
        onPick={(entry) => link([{ slug: entry.slug }], `${serie.name} ${entryTitle(entry)}`)}
      />
    </div>
  );
}

function LibraryMatch({ video, query }: { video: FullVideo; query: string }) {
  const match = useMatchFile();
  const finished = useFinished();
  const [serie, setSerie] = useState<Serie | null>(null);
  if (serie) return <EpisodeStep serie={serie} video={video} onBack={() => setSerie(null)} />;
  return (
    <LibraryResults
      query={query}
      disabled={match.isPending}
      onPick={(show) =>
        show.kind === "serie"
          ? setSerie(show)
          : match.mutate(
              { id: video.id, links: [{ movie: show.slug }] },
              { onSuccess: () => finished(t.match.linked(show.name)) },
            )
      }
    />
  );
}

type Title = Omit<MetadataRequest, "videos">;

const titleOf = (result: SearchResult): Title => ({
  title: result.name,
  year: yearOf(result),
  externalId: providerIds(result.externalId),
});

/** Titles of the providers, or the words that were typed, for those no provider knows. */
export function TitleChoice({
  collection,
  query,
  disabled,
  onPick,
}: {
  collection: Collection;
  query: string;
  disabled: boolean;
  onPick: (title: Title) => void;
}) {
  const name = query.trim();
  return (
    <div className="flex flex-col items-start gap-3">
      <div className="w-full">
        <ProviderResults
          collection={collection}
          query={query}
          disabled={disabled}
          onPick={(result) => onPick(titleOf(result))}
        />
      </div>
      {name && (
        <Button
          look="soft"
          size="sm"
          disabled={disabled}
          data-testid="by-name"
          onClick={() => onPick({ title: name, year: null, externalId: {} })}
        >
          <Plus aria-hidden="true" /> <span className="truncate">{t.match.byName(name)}</span>
        </Button>
      )}
    </div>
  );
}

/** The number of the episode of a new serie, since nobody can list its episodes yet. */
export function NumberStep({
  title,
  guessed,
  pending,
  onBack,
  onDone,
}: {
  title: { title: string };
  guessed: GuessEpisode[];
  pending: boolean;
  onBack: () => void;
  onDone: (episodes: GuessEpisode[]) => void;
}) {
  const [first, ...others] = guessed;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const season = String(form.get("season"));
    const given = { season: season === "" ? null : Number(season), episode: Number(form.get("episode")) };
    const unchanged = given.season === first?.season && given.episode === first.episode;
    onDone(unchanged ? [given, ...others] : [given]);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="font-bold">{title.title}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t.match.season}
          name="season"
          type="number"
          min={0}
          defaultValue={first ? (first.season ?? "") : 1}
        />
        <TextField
          label={t.match.episode}
          name="episode"
          type="number"
          min={0}
          required
          defaultValue={first?.episode}
        />
      </div>
      <p className="text-sm text-muted">{t.match.episodeHint}</p>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" disabled={pending}>
          {t.match.add}
        </Button>
        <Button look="soft" onClick={onBack}>
          {t.match.back}
        </Button>
      </div>
    </form>
  );
}

function NewTitle({
  collection,
  query,
  video,
}: {
  collection: Collection;
  query: string;
  video?: FullVideo;
}) {
  const add = useAddShow(collection);
  const finished = useFinished();
  const [serie, setSerie] = useState<Title | null>(null);
  const send = (title: Title, episodes: GuessEpisode[]) =>
    add.mutate(
      { ...title, videos: video ? [{ id: video.id, episodes }] : [] },
      { onSuccess: () => finished(t.match.queued(title.title)) },
    );
  if (serie && video) {
    return (
      <NumberStep
        title={serie}
        guessed={video.guess.episodes ?? []}
        pending={add.isPending}
        onBack={() => setSerie(null)}
        onDone={(episodes) => send(serie, episodes)}
      />
    );
  }
  return (
    <TitleChoice
      collection={collection}
      query={query}
      disabled={add.isPending}
      onPick={(title) => (collection === "series" && video ? setSerie(title) : send(title, []))}
    />
  );
}

type SearchProps = {
  kinds: Kind[];
  kind: Kind;
  query: string;
  onChange: (changes: { kind?: Kind; q?: string }) => void;
  video?: FullVideo;
};

function SearchArea({ kinds, kind, query, onChange, video }: SearchProps) {
  const options = Object.fromEntries(kinds.map((name) => [name, t.match.tabs[name]])) as Record<Kind, string>;
  return (
    <div className="flex flex-col gap-4">
      <div className="grid items-end gap-4 sm:grid-cols-[14rem_1fr]">
        <SelectField
          label={t.match.where}
          value={kind}
          options={options}
          onChange={(value) => onChange({ kind: value })}
        />
        <SearchField label={t.match.search} value={query} onChange={(value) => onChange({ q: value })} />
      </div>
      {kind === "library" && video && <LibraryMatch key={video.id} video={video} query={query} />}
      {kind !== "library" && <NewTitle key={kind} collection={kind} query={query} video={video} />}
    </div>
  );
}

const chosenKind = (wanted: string | undefined, kinds: Kind[]): Kind =>
  kinds.find((kind) => kind === wanted) ?? kinds[0] ?? "library";

export function AdminMatch() {
  const { videoId } = matchRoute.useParams();
  const search = matchRoute.useSearch();
  const navigate = matchRoute.useNavigate();
  const me = useMe();
  const query = useQuery(file(videoId));
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Spinner />;
  const video = query.data;
  const kinds: Kind[] = may(me, "scanner.add") ? ["library", "movies", "series"] : ["library"];
  return (
    <Card title={t.match.title}>
      <p className="font-semibold break-all">{video.path}</p>
      <p className="mb-5 text-sm text-muted">{t.admin.guessed(guessText(video.guess))}</p>
      <SearchArea
        kinds={kinds}
        kind={chosenKind(search.kind, kinds)}
        query={search.q ?? ""}
        video={video}
        onChange={(changes) => void navigate({ search: { ...search, ...changes }, replace: true })}
      />
    </Card>
  );
}

export function AdminAdd() {
  const search = addRoute.useSearch();
  const navigate = addRoute.useNavigate();
  const kinds: Kind[] = ["movies", "series"];
  return (
    <Card title={t.match.addTitle}>
      <SearchArea
        kinds={kinds}
        kind={chosenKind(search.kind, kinds)}
        query={search.q ?? ""}
        onChange={(changes) => void navigate({ search: { ...search, ...changes }, replace: true })}
      />
    </Card>
  );
}
