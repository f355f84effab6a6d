/** The extras of a film or serie, each of which plays at a click. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { extrasOf } from "~/api/shows";
import { may, useMe } from "~/api/users";
import { formatRuntime } from "~/lib/format";
import { t } from "~/lib/strings";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { ButtonLink } from "~/ui/Button";
import { watchLink } from "~/ui/links";
import { Row } from "~/ui/Row";
import { PlayOverlay } from "./EntryCard";

export function ExtrasRow({ kind, slug }: { kind: "movies" | "series"; slug: string }) {
  const me = useMe();
  const { data } = useQuery(extrasOf(kind, slug));
  if (!data?.length) return null;
  return (
    <div className="mt-11">
      <Row title={t.details.extras} item="wide">
        {data.map((extra) => (
          <div key={extra.id} className="relative">
            <Link
              {...watchLink(extra.video?.slug ?? "")}
              data-testid="extra"
              className="group block rounded-2xl outline-offset-4"
            >
              <div className="relative overflow-hidden rounded-2xl ring-accent transition duration-200 group-hover:ring-3">
                <Artwork
                  image={extra.thumbnail}
                  title={extra.name ?? ""}
                  quality={qualityFor(320)}
                  className="aspect-video"
                />
                <PlayOverlay />
              </div>
              <h3 className="mt-2.5 truncate font-sans text-[0.95rem] font-bold group-hover:text-accent-text">
                {extra.name}
              </h3>
              <p className="truncate text-sm text-muted">
                {[
                  t.details.extraKinds[extra.kind] ?? t.details.extraKinds.other,
                  formatRuntime(extra.runtime),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </Link>
            {may(me, "core.write") && (
              <ButtonLink
                to="/edit/$kind/$slug"
                params={{ kind: "extras", slug: extra.slug }}
                aria-label={t.edit.title(extra.name ?? "")}
                title={t.edit.title(extra.name ?? "")}
                size="sm"
                className="absolute right-2 top-2 !bg-black/65 !px-2.5 backdrop-blur"
                data-testid="edit-extra"
              >
                <Pencil aria-hidden="true" />
              </ButtonLink>
            )}
          </div>
        ))}
      </Row>
    </div>
  );
}
