/** One entry in the list of a serie: picture, number, name, description, progress, and its menu. */

import { Link, useNavigate } from "@tanstack/react-router";
import { Check, CheckCheck, Ellipsis, FileVideo, Pencil, Play } from "lucide-react";
import type { Entry } from "~/api/models/catalogue";
import { useMarkSeen } from "~/api/profiles";
import { may, useMe } from "~/api/users";
import { isFinished, isUnderWay } from "~/lib/finished";
import { entryName, entryNumber, formatDate, formatRuntime } from "~/lib/format";
import { t } from "~/lib/strings";
import { choices } from "~/lib/versions";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { playLink, videoSlug } from "~/ui/links";
import { Menu, MenuHeading, MenuItem } from "~/ui/Menu";
import { VersionItems } from "./PlayButton";
import { ProgressLine } from "./PosterCard";

function EntryMenu({ entry, slug, title }: { entry: Entry; slug: string | undefined; title: string }) {
  const navigate = useNavigate();
  const me = useMe();
  const markSeen = useMarkSeen();
  const versions = choices(entry.videos ?? []);
  if (!slug && !me) return null;
  return (
    <Menu
      label={t.details.options(entryName(entry))}
      trigger={<Ellipsis className="size-5" aria-hidden="true" />}
      triggerClass="grid size-10 place-items-center rounded-full text-muted transition-colors hover:bg-raised hover:text-ink"
    >
      {me && (
        <MenuItem onSelect={() => markSeen.mutate([entry.id])}>
          <CheckCheck /> {t.details.markSeen}
        </MenuItem>
      )}
      {may(me, "core.write") && (
        <MenuItem
          onSelect={() =>
            void navigate({ to: "/edit/$kind/$slug", params: { kind: "entries", slug: entry.slug } })
          }
          data-testid="edit-entry"
        >
          <Pencil /> {t.edit.action}
        </MenuItem>
      )}
      {slug && (
        <MenuItem onSelect={() => void navigate({ to: "/info/$slug", params: { slug } })}>
          <FileVideo /> {t.details.fileInfo}
        </MenuItem>
      )}
      {versions.length > 1 && (
        <>
          <MenuHeading>{t.details.chooseVersion}</MenuHeading>
          <VersionItems videos={entry.videos ?? []} title={title} />
        </>
      )}
    </Menu>
  );
}

const Tag = ({ children }: { children: string }) => (
  <span className="rounded-full bg-accent/15 px-2 py-0.5 text-xs font-bold text-accent-text">{children}</span>
);

/** `title`: the slug of the serie. */
export function EntryLine({
  entry,
  title,
  highlighted,
}: {
  entry: Entry;
  title: string;
  highlighted: boolean;
}) {
  const slug = videoSlug(entry);
  const link = playLink(entry.videos);
  const percent = entry.progress?.percent ?? 0;
  const seen = isFinished(percent);
  const name = entryName(entry);
  // Told elsewhere, or beside the story: greyed, and never next.
  const aside = entry.content === "recap" || entry.content === "filler";
  const versions = choices(entry.videos ?? []);
  const facts = [formatDate(entry.airDate), formatRuntime(entry.runtime)].filter(Boolean).join(" · ");
  const picture = (
    <>
      <Artwork
        image={entry.thumbnail ?? (entry.kind === "movie" ? entry.poster : null)}
        title={name}
        quality={qualityFor(240)}
        className="aspect-video"
      />
      {slug && (
        <span className="absolute inset-0 grid place-items-center bg-black/0 opacity-0 transition group-hover:bg-black/40 group-hover:opacity-100">
          <Play className="size-9 fill-white text-white drop-shadow-lg" aria-hidden="true" />
        </span>
      )}
      {seen && (
        <span className="absolute right-1.5 top-1.5 grid size-6 place-items-center rounded-full bg-accent text-white shadow">
          <Check className="size-4" strokeWidth={3} aria-label={t.details.seen} />
        </span>
      )}
      {isUnderWay(percent) && <ProgressLine percent={percent} />}
    </>
  );
  return (
    <article
      data-testid="entry-row"
      data-slug={entry.slug}
      data-content={entry.content}
      className={`group relative flex gap-3.5 rounded-2xl p-2 transition-colors sm:gap-5 sm:p-3 ${slug ? "hover:bg-surface" : "opacity-55"} ${highlighted ? "bg-surface inset-ring inset-ring-accent/60" : ""}`}
    >
      <div
        className={`relative w-32 shrink-0 self-start overflow-hidden rounded-xl transition sm:w-56 ${aside ? "opacity-60 grayscale group-hover:opacity-100 group-hover:grayscale-0" : ""}`}
      >
        {picture}
      </div>
      <div className="min-w-0 flex-1 py-0.5 sm:py-1">
        <h3
          className={`font-sans text-[0.95rem] font-bold leading-snug sm:text-base ${aside ? "text-muted" : ""}`}
        >
          {entry.kind !== "movie" && <span className="mr-2 text-accent-text">{entryNumber(entry)}</span>}
          {link ? (
            <Link
              {...link}
              className="after:absolute after:inset-0 after:rounded-2xl group-hover:text-accent-text"
            >
              {name}
            </Link>
          ) : (
            name
          )}
        </h3>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
          {facts}
          {entry.kind === "movie" && <Tag>{t.details.film}</Tag>}
          {entry.content !== "story" && <Tag>{t.details.contents[entry.content]}</Tag>}
          {versions.length > 1 && <Tag>{t.details.versions(versions.length)}</Tag>}
          {!slug && <Tag>{t.details.notAvailable}</Tag>}
        </p>
        {entry.description && (
          <p className="mt-1.5 line-clamp-2 max-w-3xl text-sm text-muted text-pretty max-sm:hidden">
            {entry.description}
          </p>
        )}
      </div>
      <div className="relative z-10 self-center">
        <EntryMenu entry={entry} slug={slug} title={title} />
      </div>
    </article>
  );
}

export const EntryLineSkeleton = () => (
  <div className="flex gap-5 p-3" aria-hidden="true">
    <div className="skeleton aspect-video w-32 rounded-xl sm:w-56" />
    <div className="flex-1 space-y-3 py-2">
      <div className="skeleton h-4 w-1/3 rounded-full" />
      <div className="skeleton h-3 w-1/4 rounded-full" />
      <div className="skeleton h-3 w-2/3 rounded-full max-sm:hidden" />
    </div>
  </div>
);
