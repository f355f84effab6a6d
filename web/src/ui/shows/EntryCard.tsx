/** An entry as a wide card that starts playing: continue watching, recently added, history. */

import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import type { Entry } from "~/api/models/catalogue";
import { isUnderWay } from "~/lib/finished";
import { entryTitle, formatAgo } from "~/lib/format";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { playLink, showLink, videoSlug } from "~/ui/links";
import { ProgressLine } from "./PosterCard";

/** Says that a click plays. */
export const PlayOverlay = () => (
  <span className="absolute inset-0 grid place-items-center opacity-0 transition-opacity group-hover:bg-black/35 group-hover:opacity-100 group-focus-within:opacity-100">
    <span className="grid size-13 place-items-center rounded-full bg-accent text-white shadow-xl">
      <Play className="ml-0.5 size-6 fill-current" aria-hidden="true" />
    </span>
  </span>
);

export function EntryCard({
  entry,
  menu,
  showAge = false,
}: {
  entry: Entry;
  menu?: ReactNode;
  showAge?: boolean;
}) {
  const slug = videoSlug(entry);
  const link = playLink(entry.videos) ?? (entry.show ? showLink(entry.show) : ({ to: "/" } as const));
  const percent = entry.progress?.percent ?? 0;
  const isFilm = entry.kind === "movie" && entry.show?.kind === "movie";
  const title = entry.show?.name ?? entry.name;
  const subtitle = isFilm ? entry.show?.tagline : entryTitle(entry);
  return (
    <div className="group relative">
      <Link
        {...link}
        data-testid="entry-card"
        data-slug={slug ?? entry.slug}
        className="block rounded-2xl outline-offset-4"
      >
        <div className="relative overflow-hidden rounded-2xl shadow-md shadow-black/20 ring-accent transition duration-200 group-hover:ring-3">
          <Artwork
            image={entry.thumbnail ?? entry.show?.thumbnail}
            title={entry.show?.name ?? entry.name ?? ""}
            quality={qualityFor(320)}
            className="aspect-video transition duration-300 group-hover:scale-[1.03]"
          />
          {slug && <PlayOverlay />}
          {isUnderWay(percent) && <ProgressLine percent={percent} />}
        </div>
        <h3 className="mt-2.5 truncate font-sans text-[0.95rem] font-bold group-hover:text-accent-text">
          {title}
        </h3>
        <p className="truncate text-sm text-muted">
          {[subtitle, showAge && entry.progress?.playedDate && formatAgo(entry.progress.playedDate)]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </Link>
      {menu && (
        <div className="absolute right-2 top-2 opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
          {menu}
        </div>
      )}
    </div>
  );
}

export const EntrySkeleton = () => (
  <div aria-hidden="true">
    <div className="skeleton aspect-video rounded-2xl" />
    <div className="skeleton mt-3 h-3.5 w-3/5 rounded-full" />
    <div className="skeleton mt-2 h-3 w-4/5 rounded-full" />
  </div>
);
