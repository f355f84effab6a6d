/** Which files belong to a film, and which file of a serie holds which episodes. For those who may change the library. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, Check, FileSearch, Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { filesOfSerie, type MappingSort, useLinkFile, useUnlinkFile } from "~/api/library";
import type { Movie, Serie } from "~/api/models/catalogue";
import type { EmbeddedVideo, FullVideo } from "~/api/models/files";
import { movie, serie } from "~/api/shows";
import { may } from "~/api/users";
import { entryTitle } from "~/lib/format";
import { episodeNumber, guessedLink } from "~/lib/guess";
import { t } from "~/lib/strings";
import { Allowed } from "~/ui/Allowed";
import { Button, ButtonLink, IconButton } from "~/ui/Button";
import { Card, SelectField } from "~/ui/Field";
import { showLink } from "~/ui/links";
import { PageTitle } from "~/ui/PageTitle";
import { EntryPicker, FilePicker } from "~/ui/Search";
import { Failure, More, Spinner, Waiting } from "~/ui/states";

const serieRoute = getRouteApi("/frame/series/$slug/videos");
const movieRoute = getRouteApi("/frame/movies/$slug/videos");

function Page({ show, hint, children }: { show: Movie | Serie; hint: string; children: ReactNode }) {
  return (
    <Allowed who={(me) => may(me, "core.write")}>
      <div className="mx-auto flex max-w-4xl flex-col gap-5 px-4 pt-6">
        <PageTitle name={t.mapping.title(show.name)} />
        <div>
          <Link
            {...showLink(show)}
            className="inline-flex items-center gap-1.5 text-sm font-bold text-muted hover:text-ink"
          >
            <ArrowLeft className="size-4" aria-hidden="true" /> {show.name}
          </Link>
          <h1 className="mt-1 text-2xl font-extrabold tracking-tight md:text-3xl">
            {t.mapping.title(show.name)}
          </h1>
          <p className="mt-1 text-muted">{hint}</p>
        </div>
        {children}
      </div>
    </Allowed>
  );
}

const FilePath = ({ video }: { video: Pick<EmbeddedVideo, "id" | "path"> }) => (
  <Link
    to="/info/$slug"
    params={{ slug: video.id }}
    className="block font-semibold break-all hover:text-accent-text hover:underline"
  >
    {video.path}
  </Link>
);

/** To the page that gives one file to another title: how a show is split. */
const Elsewhere = ({ id, title }: { id: string; title: string }) => (
  <ButtonLink
    to="/admin/match/$videoId"
    params={{ videoId: id }}
    search={{ q: title, kind: "series" }}
    look="soft"
    size="sm"
    data-testid="elsewhere"
  >
    <FileSearch aria-hidden="true" /> {t.mapping.elsewhere}
  </ButtonLink>
);

const chip = "inline-flex items-center gap-1 rounded-full pr-1 pl-3.5 text-sm font-bold";

function EpisodeChips({ slug, video }: { slug: string; video: FullVideo }) {
  const link = useLinkFile();
  const unlink = useUnlinkFile();
  const guesses = video.entries.length ? [] : (video.guess.episodes ?? []);
  return (
    <>
      {video.entries.map((entry) => (
        <span key={entry.id} className={`${chip} bg-accent/15 text-accent-text`} data-testid="mapped">
          {entryTitle(entry)}
          <IconButton
            label={t.mapping.unlink(entryTitle(entry))}
            size="sm"
            disabled={unlink.isPending}
            onClick={() => unlink.mutate({ id: video.id, entry: entry.slug })}
          >
            <X />
          </IconButton>
        </span>
      ))}
      {guesses.map((guess) => (
        <span key={episodeNumber(guess)} className={`${chip} border border-dashed border-muted text-muted`}>
          {episodeNumber(guess)} ({t.mapping.guess})
          <IconButton
            label={t.mapping.accept(episodeNumber(guess))}
            size="sm"
            disabled={link.isPending}
            onClick={() => link.mutate({ id: video.id, links: [guessedLink(slug, guess)] })}
          >
            <Check />
          </IconButton>
        </span>
      ))}
    </>
  );
}

function SerieFile({ slug, video }: { slug: string; video: FullVideo }) {
  const link = useLinkFile();
  const [adding, setAdding] = useState(false);
  return (
    <li className="py-4 first:pt-0 last:pb-0" data-testid="mapping">
      <FilePath video={video} />
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <EpisodeChips slug={slug} video={video} />
        <Button look="soft" size="sm" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          <Plus aria-hidden="true" /> {t.mapping.addEntry}
        </Button>
        <Elsewhere id={video.id} title={video.guess.title} />
      </div>
      {adding && (
        <div className="mt-3 rounded-2xl border border-line p-4">
          <EntryPicker
            serie={slug}
            disabled={link.isPending}
            onPick={(entry) =>
              link.mutate(
                { id: video.id, links: [{ slug: entry.slug }] },
                { onSuccess: () => setAdding(false) },
              )
            }
          />
        </div>
      )}
    </li>
  );
}

/** A button that opens the list of all files. */
function AddFile({ disabled, onPick }: { disabled?: boolean; onPick: (video: FullVideo) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Card
      title={t.mapping.addVideo}
      action={
        <Button look="soft" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t.common.close : t.mapping.add}
        </Button>
      }
    >
      {open && (
        <FilePicker
          disabled={disabled}
          onPick={(video) => {
            onPick(video);
            setOpen(false);
          }}
        />
      )}
    </Card>
  );
}

function SerieFiles({ slug }: { slug: string }) {
  const [sort, setSort] = useState<MappingSort>("path");
  const [titles, setTitles] = useState<string[]>([]);
  const list = useInfiniteQuery(filesOfSerie(slug, sort, titles));
  const addTitle = (title: string) => setTitles((old) => [...new Set([...old, title])]);
  return (
    <>
      <Card title={t.mapping.edit}>
        <div className="mb-5 max-w-60">
          <SelectField<MappingSort>
            label={t.mapping.sort}
            value={sort}
            options={t.mapping.sorts}
            onChange={setSort}
          />
        </div>
        <Waiting query={list} />
        {list.data?.length === 0 && <p className="text-muted">{t.mapping.none}</p>}
        <ul className="divide-y divide-line">
          {list.data?.map((video) => (
            <SerieFile key={video.id} slug={slug} video={video} />
          ))}
        </ul>
        <More query={list} />
      </Card>
      <AddFile onPick={(video) => addTitle(video.guess.title)} />
    </>
  );
}

export function SerieMapping() {
  const { slug } = serieRoute.useParams();
  const query = useQuery(serie(slug));
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Spinner className="mx-auto mt-24 size-8" />;
  return (
    <Page show={query.data} hint={t.mapping.hint}>
      <SerieFiles slug={query.data.slug} />
    </Page>
  );
}

export function MovieMapping() {
  const { slug } = movieRoute.useParams();
  const query = useQuery(movie(slug));
  const link = useLinkFile();
  const unlink = useUnlinkFile();
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Spinner className="mx-auto mt-24 size-8" />;
  const film = query.data;
  const files = film.videos ?? [];
  return (
    <Page show={film} hint={t.mapping.hintMovie}>
      <Card title={t.mapping.editMovie}>
        {!files.length && <p className="text-muted">{t.mapping.none}</p>}
        <ul className="divide-y divide-line">
          {files.map((video) => (
            <li
              key={video.slug}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0"
              data-testid="mapping"
            >
              <div className="min-w-0 flex-1">
                <FilePath video={video} />
                <p className="text-sm text-muted">
                  {[t.details.version(video.version), video.part !== null && t.details.part(video.part)]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
              </div>
              <Elsewhere id={video.id} title={film.name} />
              <IconButton
                label={t.mapping.unlinkFile(video.path)}
                size="sm"
                disabled={unlink.isPending}
                onClick={() => unlink.mutate({ id: video.id, entry: film.slug })}
              >
                <X />
              </IconButton>
            </li>
          ))}
        </ul>
      </Card>
      <AddFile
        disabled={link.isPending}
        onPick={(video) => link.mutate({ id: video.id, links: [{ movie: film.slug }] })}
      />
    </Page>
  );
}
