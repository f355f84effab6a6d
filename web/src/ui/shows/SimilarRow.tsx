/** Films and series like this one. */
import { useQuery } from "@tanstack/react-query";
import { similarTo } from "~/api/shows";
import { t } from "~/lib/strings";
import { Row } from "~/ui/Row";
import { PosterCard } from "./PosterCard";

export function SimilarRow({ kind, slug }: { kind: "movies" | "series"; slug: string }) {
  const { data } = useQuery(similarTo(kind, slug));
  if (!data?.length) return null;
  return (
    <div className="mt-11">
      <Row title={t.details.similar} item="poster">
        {data.map((show) => (
          <PosterCard key={show.id} show={show} />
        ))}
      </Row>
    </div>
  );
}
