/** A film or serie that was taken for another one: choosing the right title, to which its files move. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { type Collection, useRemapShow } from "~/api/library";
import type { Movie, Serie } from "~/api/models/catalogue";
import { movie, serie } from "~/api/shows";
import { may } from "~/api/users";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Allowed } from "~/ui/Allowed";
import { Card } from "~/ui/Field";
import { showLink } from "~/ui/links";
import { PageTitle } from "~/ui/PageTitle";
import { SearchField } from "~/ui/Search";
import { Failure, Spinner } from "~/ui/states";
import { TitleChoice } from "./admin/match";

const movieRoute = getRouteApi("/frame/movies/$slug/remap");
const serieRoute = getRouteApi("/frame/series/$slug/remap");

function Remap({ show, collection }: { show: Movie | Serie; collection: Collection }) {
  const remap = useRemapShow(collection, show.slug);
  const navigate = useNavigate();
  const [text, setText] = useState(show.name);
  const title = t.manage.remapTitle(show.name);
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
        <Card title={t.match.search}>
          <div className="flex flex-col gap-4">
            <SearchField label={t.match.search} value={text} onChange={setText} />
            <TitleChoice
              collection={collection}
              query={text}
              disabled={remap.isPending}
              onPick={(chosen) =>
                remap.mutate(
                  { ...chosen, videos: [] },
                  {
                    onSuccess: () => {
                      showToast(t.manage.remapped(chosen.title));
                      void navigate({ to: "/admin" });
                    },
                  },
                )
              }
            />
          </div>
        </Card>
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
