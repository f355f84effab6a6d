/** What the library lacks: episodes of its series that were aired and have no file. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { incomplete } from "~/api/libraries";
import { missingNames } from "~/lib/missing";
import { t } from "~/lib/strings";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { Card } from "~/ui/Field";
import { Empty, More, Waiting } from "~/ui/states";

export function AdminMissing() {
  const list = useInfiniteQuery(incomplete);
  return (
    <Card title={t.missing.title}>
      <p className="-mt-3 mb-5 text-sm text-muted">{t.missing.hint}</p>
      <Waiting query={list} />
      {list.data?.length === 0 && <Empty compact icon={<CircleCheck />} title={t.missing.none} />}
      <ul className="divide-y divide-line">
        {list.data?.map((serie) => (
          <li
            key={serie.id}
            className="flex items-center gap-4 py-3 first:pt-0 last:pb-0"
            data-testid="incomplete"
          >
            <Artwork
              image={serie.poster}
              title={serie.name}
              quality={qualityFor(44)}
              className="aspect-2/3 w-11 shrink-0 rounded-lg"
            />
            <div className="min-w-0 flex-1">
              <Link
                to="/series/$slug"
                params={{ slug: serie.slug }}
                className="font-bold hover:text-accent-text hover:underline"
              >
                {serie.name}
              </Link>
              <p className="text-sm break-words text-muted">{missingNames(serie.missing)}</p>
            </div>
            <span className="text-sm whitespace-nowrap text-muted">
              {t.details.episodesCount(serie.missing.length)}
            </span>
          </li>
        ))}
      </ul>
      <More query={list} />
    </Card>
  );
}
