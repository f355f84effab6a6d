/** A collection of films and series, oldest first. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { collection, collectionShows } from "~/api/shows";
import { t } from "~/lib/strings";
import { PageTitle } from "~/ui/PageTitle";
import { PosterGrid, PosterGridSkeleton } from "~/ui/shows/PosterGrid";
import { ShowFacts, ShowHeader, ShowPageSkeleton } from "~/ui/shows/ShowHeader";
import { ShowMenu } from "~/ui/shows/ShowMenu";
import { Failure } from "~/ui/states";

const route = getRouteApi("/frame/collections/$slug");

export function CollectionPage() {
  const { slug } = route.useParams();
  const query = useQuery(collection(slug));
  const shows = useInfiniteQuery(collectionShows(slug));
  if (query.isPending) return <ShowPageSkeleton />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <PageTitle name={query.data.name} />
      <ShowHeader show={query.data} actions={<ShowMenu show={query.data} />} />
      <ShowFacts show={query.data} />
      <section className="gutter mt-11">
        <h2 className="mb-5 text-xl font-bold md:text-2xl">{t.details.inCollection}</h2>
        {shows.isPending ? (
          <PosterGridSkeleton />
        ) : shows.isError ? (
          <Failure error={shows.error} retry={() => void shows.refetch()} />
        ) : (
          <PosterGrid
            shows={shows.data}
            hasMore={shows.hasNextPage}
            loadingMore={shows.isFetchingNextPage}
            loadMore={shows.fetchNextPage}
          />
        )}
      </section>
    </>
  );
}
