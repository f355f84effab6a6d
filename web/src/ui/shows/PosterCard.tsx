/** A show as a poster with its name, used in rows and grids. */

import { Link } from "@tanstack/react-router";
import { Check, Layers } from "lucide-react";
import type { Show, WatchStatus } from "~/api/models/catalogue";
import { isUnderWay } from "~/lib/finished";
import { formatYears } from "~/lib/format";
import { t } from "~/lib/strings";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { showLink } from "~/ui/links";

const dots: Record<WatchStatus, string> = {
  watching: "bg-emerald-400",
  rewatching: "bg-teal-400",
  completed: "bg-sky-400",
  dropped: "bg-rose-400",
  planned: "bg-amber-400",
};

function Badge({ show }: { show: Show }) {
  if (show.kind === "collection") {
    return (
      <span className="absolute right-2 top-2 rounded-full bg-black/65 p-1.5 text-white backdrop-blur">
        <Layers className="size-3.5" aria-label={t.browse.kinds.collection} />
      </span>
    );
  }
  const status = show.watchStatus?.status;
  if (!status) return null;
  const seen = show.kind === "serie" && show.watchStatus && status !== "planned" && status !== "completed";
  const label = t.watchStatus[status];
  return (
    <span
      title={label}
      className="absolute right-2 top-2 flex items-center gap-1.5 rounded-full bg-black/65 px-2 py-1 text-[0.7rem] font-bold text-white backdrop-blur"
    >
      {status === "completed" ? (
        <Check className="size-3.5 text-sky-300" aria-hidden="true" />
      ) : (
        <span className={`size-2 rounded-full ${dots[status]}`} />
      )}
      <span className="sr-only">{label}</span>
      {seen && `${show.watchStatus?.seenCount}/${show.entriesCount}`}
    </span>
  );
}

export const ProgressLine = ({ percent }: { percent: number }) => (
  <div className="absolute inset-x-2 bottom-2 h-1 overflow-hidden rounded-full bg-black/50">
    <div className="h-full rounded-full bg-accent-hover" style={{ width: `${percent}%` }} />
  </div>
);

export function PosterCard({ show, width = 190, hint }: { show: Show; width?: number; hint?: string }) {
  const percent = show.kind === "movie" ? (show.watchStatus?.percent ?? 0) : 0;
  const missing =
    show.kind === "movie" ? !show.isAvailable : show.kind === "serie" && show.availableCount === 0;
  const below = hint ?? formatYears(show);
  return (
    <Link
      {...showLink(show)}
      data-testid="poster-card"
      data-slug={show.slug}
      className="group block rounded-2xl outline-offset-4"
    >
      <div className="relative overflow-hidden rounded-2xl shadow-md shadow-black/20 ring-accent transition duration-200 group-hover:ring-3 group-focus-visible:ring-3">
        <Artwork
          image={show.poster}
          title={show.name}
          quality={qualityFor(width)}
          titled
          className={`aspect-2/3 transition duration-300 group-hover:scale-[1.03] ${missing ? "grayscale-[0.8] opacity-60" : ""}`}
        />
        <Badge show={show} />
        {isUnderWay(percent) && <ProgressLine percent={percent} />}
      </div>
      <h3 className="mt-2.5 line-clamp-2 font-sans text-[0.93rem] font-bold leading-snug group-hover:text-accent-text">
        {show.name}
      </h3>
      {below && <p className="line-clamp-2 text-sm text-muted">{below}</p>}
    </Link>
  );
}

export const PosterSkeleton = () => (
  <div aria-hidden="true">
    <div className="skeleton aspect-2/3 rounded-2xl" />
    <div className="skeleton mt-3 h-3.5 w-4/5 rounded-full" />
    <div className="skeleton mt-2 h-3 w-2/5 rounded-full" />
  </div>
);
