/** A film. */

import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowRight, CheckCheck, FileVideo } from "lucide-react";
import type { Movie } from "~/api/models/catalogue";
import { useMarkSeen } from "~/api/profiles";
import { movie } from "~/api/shows";
import { useMe } from "~/api/users";
import { isUnderWay } from "~/lib/finished";
import { t } from "~/lib/strings";
import { Artwork } from "~/ui/Artwork";
import { showLink } from "~/ui/links";
import { MenuItem } from "~/ui/Menu";
import { PageTitle } from "~/ui/PageTitle";
import { ExtrasRow } from "~/ui/shows/ExtrasRow";
import { PlayButton } from "~/ui/shows/PlayButton";
import { ScoreMenu } from "~/ui/shows/ScoreMenu";
import { ShowFacts, ShowHeader, ShowPageSkeleton, TrailerLink } from "~/ui/shows/ShowHeader";
import { ShowMenu } from "~/ui/shows/ShowMenu";
import { SimilarRow } from "~/ui/shows/SimilarRow";
import { StaffRow } from "~/ui/shows/StaffRow";
import { WatchStatusMenu } from "~/ui/shows/WatchStatusMenu";
import { Failure } from "~/ui/states";

const route = getRouteApi("/frame/movies/$slug");

function FilmMenu({ film }: { film: Movie }) {
  const navigate = useNavigate();
  const me = useMe();
  const markSeen = useMarkSeen();
  const file = film.videos?.[0];
  return (
    <ShowMenu show={film}>
      {me && (
        <MenuItem onSelect={() => markSeen.mutate([film.slug])}>
          <CheckCheck /> {t.details.markSeen}
        </MenuItem>
      )}
      {file && (
        <MenuItem onSelect={() => void navigate({ to: "/info/$slug", params: { slug: file.slug } })}>
          <FileVideo /> {t.details.fileInfo}
        </MenuItem>
      )}
    </ShowMenu>
  );
}

export function PartOf({ show }: { show: Movie["collection"] }) {
  if (!show) return null;
  return (
    <section className="gutter mt-11">
      <Link
        {...showLink({ ...show, kind: "collection" })}
        className="group relative flex min-h-32 items-center overflow-hidden rounded-3xl text-white ring-accent hover:ring-3"
      >
        <Artwork
          image={show.thumbnail ?? show.poster}
          title={show.name}
          quality="high"
          className="!absolute inset-0"
        />
        <div className="absolute inset-0 bg-linear-to-r from-black/85 to-black/30" />
        <div className="relative flex w-full items-center justify-between gap-4 p-6">
          <div>
            <p className="text-sm font-semibold text-white/75">{t.details.partOf}</p>
            <h2 className="text-xl font-bold">{show.name}</h2>
          </div>
          <ArrowRight className="transition-transform group-hover:translate-x-1" aria-hidden="true" />
        </div>
      </Link>
    </section>
  );
}

export function MoviePage() {
  const { slug } = route.useParams();
  const query = useQuery(movie(slug));
  const me = useMe();
  if (query.isPending) return <ShowPageSkeleton />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const film = query.data;
  const started = isUnderWay(film.watchStatus?.percent ?? 0);
  return (
    <>
      <PageTitle name={film.name} />
      <ShowHeader
        show={film}
        actions={
          <>
            <PlayButton
              videos={film.videos}
              title={film.slug}
              label={started ? t.common.resume : t.common.play}
            />
            <WatchStatusMenu show={film} />
            <ScoreMenu show={film} />
            <TrailerLink url={film.trailerUrl} />
            {(me || film.videos?.length) && <FilmMenu film={film} />}
          </>
        }
      />
      <ShowFacts show={film} />
      <ExtrasRow kind="movies" slug={slug} />
      <StaffRow kind="movies" slug={slug} />
      <PartOf show={film.collection} />
      <SimilarRow kind="movies" slug={slug} />
    </>
  );
}
