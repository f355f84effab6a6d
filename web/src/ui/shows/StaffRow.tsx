/** The people of a show, in a row that loads more as it is followed. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { staffOf } from "~/api/shows";
import { t } from "~/lib/strings";
import { Artwork } from "~/ui/Artwork";
import { Button } from "~/ui/Button";
import { Row } from "~/ui/Row";

export function StaffRow({ kind, slug }: { kind: "movies" | "series"; slug: string }) {
  const list = useInfiniteQuery(staffOf(kind, slug));
  const roles = list.data ?? [];
  if (!roles.length) return null;
  return (
    <div className="mt-11">
      <Row title={t.details.cast} item="person">
        {roles.map(({ staff, character, kind: role }, i) =>
          staff ? (
            // One person may appear several times, in different roles.
            <Link
              key={`${staff.id}-${String(i)}`}
              to="/staff/$slug"
              params={{ slug: staff.slug }}
              className="group block text-center"
            >
              <Artwork
                image={staff.image}
                title={staff.name}
                quality="low"
                className="aspect-square rounded-full ring-accent transition group-hover:ring-3"
              />
              <h3 className="mt-2.5 line-clamp-2 font-sans text-sm font-bold leading-tight group-hover:text-accent-text">
                {staff.name}
              </h3>
              <p className="mt-0.5 line-clamp-2 text-xs text-muted">
                {character?.name ? t.details.as(character.name) : t.roles[role]}
              </p>
            </Link>
          ) : null,
        )}
        {list.hasNextPage && (
          <div className="grid aspect-square place-items-center">
            <Button
              look="soft"
              size="sm"
              disabled={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t.common.showMore}
            </Button>
          </div>
        )}
      </Row>
    </div>
  );
}
