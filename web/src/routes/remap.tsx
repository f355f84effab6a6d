/** A film or serie that was taken for another one: choosing the right title, to which its files move. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { type Collection, type MetadataRequest, useRemapShow } from "~/api/library";
import type { Movie, Serie } from "~/api/models/catalogue";
import type { GuessEpisode } from "~/api/models/files";
import { movie, serie } from "~/api/shows";
import { may } from "~/api/users";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Allowed } from "~/ui/Allowed";
import { Card, SelectField } from "~/ui/Field";
import { showLink } from "~/ui/links";
import { PageTitle } from "~/ui/PageTitle";
import { LibraryResults, SearchField } from "~/ui/Search";
import { Failure, Spinner } from "~/ui/states";
import { NumberStep, TitleChoice } from "./admin/match";

const movieRoute = getRouteApi("/frame/movies/$slug/remap");
const serieRoute = getRouteApi("/frame/series/$slug/remap");

type Where = keyof typeof t.manage.remapTabs;
type Target = Omit<MetadataRequest, "videos"> & { kind: "movie" | "serie" };

/** Where the files go: a title of the library, or one of the providers, of either kind. */
function TargetChoice({
  show,
  disabled,
  onPick,
}: {
  show: Movie | Serie;
  disabled: boolean;
  onPick: (target: Target) => void;
}) {
  const [text, setText] = useState(show.name);
  const [where, setWhere] = useState<Where>(show.kind === "movie" ? "movies" : "series");
  return (
    <Card title={t.match.search}>
      <div className="flex flex-col gap-4">
        <div className="grid items-end gap-4 sm:grid-cols-[14rem_1fr]">
          <SelectField<Where>
            label={t.match.where}
            value={where}
            options={t.manage.remapTabs}
            onChange={setWhere}
          />
          <SearchField label={t.match.search} value={text} onChange={setText} />
        </div>
        {where === "library" ? (
          <LibraryResults
            query={text}
            without={show.id}
            disabled={disabled}
            onPick={(other) =>
              onPick({ kind: other.kind, slug: other.slug, title: other.name, year: null, externalId: {} })
            }
          />
        ) : (
          <TitleChoice
            key={where}
            collection={where}
            query={text}
            disabled={disabled}
            onPick={(title) => onPick({ ...title, kind: where === "movies" ? "movie" : "serie" })}
          />
        )}
      </div>
    </Card>
  );
}

function Remap({ show, collection }: { show: Movie | Serie; collection: Collection }) {
  const remap = useRemapShow(collection, show.slug);
  const navigate = useNavigate();
  const [serie, setSerie] = useState<Target | null>(null);
  const title = t.manage.remapTitle(show.name);
  const films = show.kind === "movie" ? (show.videos ?? []) : [];
  const send = (target: Target, episodes: GuessEpisode[] = []) =>
    remap.mutate(
      { ...target, videos: episodes.length ? films.map(({ id }) => ({ id, episodes })) : [] },
      {
        onSuccess: () => {
          showToast(t.manage.remapped(target.title));
          void navigate({ to: "/admin" });
        },
      },
    );
  return (
    <Allowed who={(me) => may(me, "scanner.add")}>
      <div className="mx-auto flex max-w-3xl flex-col gap-5 px-4 pt-6">
        <PageTitle name={title} />
        <Link
          {...showLink(show)}
          className="inline-flex items-center gap-1.5 text-sm font-bold text-muted hover:text-ink"
        >
          <ArrowLeft className="size-4" aria-hidden="true" /> {show.name}
        </Link>
        <div>
          <h1 className="text-2xl font-extrabold tracking-tight md:text-3xl">{title}</h1>
          <p className="mt-1 text-muted">{t.manage.remapHint}</p>
        </div>
        {serie ? (
          <Card title={t.match.chooseEntry}>
            <NumberStep
              title={serie}
              guessed={[]}
              pending={remap.isPending}
              onBack={() => setSerie(null)}
              onDone={(episodes) => send(serie, episodes)}
            />
          </Card>
        ) : (
          <TargetChoice
            show={show}
            disabled={remap.isPending}
            // The file of a film is one episode of a serie: which one, nobody else knows.
            onPick={(target) => (target.kind === "serie" && films.length ? setSerie(target) : send(target))}
          />
        )}
      </div>
    </Allowed>
  );
}

export function MovieRemap() {
  const { slug } = movieRoute.useParams();
  const query = useQuery(movie(slug));
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Spinner className="mx-auto mt-24 size-8" />;
  return <Remap show={query.data} collection="movies" />;
}

export function SerieRemap() {
  const { slug } = serieRoute.useParams();
  const query = useQuery(serie(slug));
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Spinner className="mx-auto mt-24 size-8" />;
  return <Remap show={query.data} collection="series" />;
}
