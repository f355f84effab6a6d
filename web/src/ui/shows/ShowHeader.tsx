/** The top of a movie, serie or collection page: picture, poster, name, facts, and room for actions. */
import { Link } from "@tanstack/react-router";
import { Clapperboard, Star } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Movie, Serie, Show } from "~/api/models/catalogue";
import { webLink } from "~/lib/addresses";
import { formatDate, formatRating, formatRuntime, formatYears, genreName } from "~/lib/format";
import { t } from "~/lib/strings";
import { Artwork } from "~/ui/Artwork";
import { buttonClass } from "~/ui/Button";
import { Hero } from "./Hero";

function Facts({ show }: { show: Show }) {
  const rating = formatRating(show.rating);
  const facts: string[] = [formatYears(show)];
  if (show.kind === "movie") facts.push(formatRuntime(show.runtime), t.showStatus.movie[show.status]);
  if (show.kind === "serie") {
    facts.push(formatRuntime(show.runtime), t.showStatus.serie[show.status]);
    if (show.entriesCount) facts.push(t.details.episodesCount(show.entriesCount));
  }
  return (
    <p className="flex flex-wrap items-center justify-center gap-x-2.5 gap-y-1.5 text-sm font-semibold text-white/80 md:justify-start sm:text-base">
      {facts.filter(Boolean).map((fact, i) => (
        <span key={fact} className="contents">
          {i > 0 && (
            <span aria-hidden="true" className="text-white/40">
              •
            </span>
          )}
          <span title={i === 0 && show.kind === "movie" ? formatDate(show.airDate) : undefined}>{fact}</span>
        </span>
      ))}
      {rating && (
        <span
          className="inline-flex items-center gap-1 rounded-full bg-white/15 px-2.5 py-0.5"
          role="img"
          aria-label={t.details.rating(rating)}
        >
          <Star className="size-3.5 fill-amber-300 text-amber-300" aria-hidden="true" /> {rating}
        </span>
      )}
    </p>
  );
}

export function ShowHeader({ show, actions }: { show: Show; actions?: ReactNode }) {
  const original = show.original?.name;
  return (
    <Hero image={show.thumbnail ?? show.banner ?? show.poster} title={show.name}>
      <div className="flex animate-rise flex-col items-center gap-5 text-center md:flex-row md:items-end md:gap-9 md:text-left">
        <Artwork
          image={show.poster}
          title={show.name}
          quality="medium"
          eager
          titled
          className="aspect-2/3 w-36 shrink-0 rounded-2xl shadow-2xl shadow-black/60 ring-1 ring-white/15 md:w-56"
        />
        <div className="flex min-w-0 flex-col items-center gap-3 md:items-start md:pb-2">
          <h1 className="text-3xl font-extrabold tracking-tight text-balance sm:text-5xl">{show.name}</h1>
          {original && original !== show.name && (
            <p
              className="text-sm text-white/70"
              title={t.details.original}
              lang={show.original?.language ?? undefined}
            >
              {original}
            </p>
          )}
          <Facts show={show} />
          {show.tagline && <p className="italic text-white/75 text-pretty">{show.tagline}</p>}
          {actions && (
            <div className="mt-2 flex flex-wrap justify-center gap-3 md:justify-start">{actions}</div>
          )}
        </div>
      </div>
    </Hero>
  );
}

export const TrailerLink = ({ url }: { url: string | null }) =>
  webLink(url) ? (
    <a href={webLink(url)} target="_blank" rel="noreferrer" className={buttonClass("glass", "lg")}>
      <Clapperboard aria-hidden="true" /> {t.details.trailer}
    </a>
  ) : null;

const providers: Record<string, string> = {
  themoviedatabase: "TMDB",
  tvdb: "TheTVDB",
  imdb: "IMDb",
  anidb: "AniDB",
  anilist: "AniList",
  myanimelist: "MyAnimeList",
  mal: "MyAnimeList",
  tvmaze: "TVmaze",
  wikidata: "Wikidata",
};

/** What the terms of a service want to be said where its data is seen. */
const credits: Record<string, string> = t.details.credits;

const pill = "rounded-3xl wrap-anywhere px-3.5 py-1.5 text-sm font-bold transition-colors";

function Description({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const long = text.length > 420;
  return (
    <div>
      <p
        className={`max-w-prose leading-relaxed text-pretty whitespace-pre-line ${long && !open ? "line-clamp-5" : ""}`}
      >
        {text}
      </p>
      {long && (
        <button
          type="button"
          className="mt-1 text-sm font-bold text-accent-text hover:underline"
          onClick={() => setOpen(!open)}
        >
          {open ? t.common.showLess : t.common.showMore}
        </button>
      )}
    </div>
  );
}

const Group = ({ title, children }: { title: string; children: ReactNode }) => (
  <div>
    <h2 className="mb-2 font-sans text-xs font-extrabold uppercase tracking-wider text-muted">{title}</h2>
    <div className="flex flex-wrap gap-2">{children}</div>
  </div>
);

/** Description on the left; genres, tags, studios and links on the right. */
export function ShowFacts({ show }: { show: Show }) {
  const studios = show.kind === "collection" ? [] : ((show as Movie | Serie).studios ?? []);
  const links = Object.entries(show.externalId).flatMap(([provider, ids]) =>
    ids.flatMap((id) => {
      const link = webLink(id.link);
      return link ? [{ provider, link, label: id.label }] : [];
    }),
  );
  const credited = [...new Set(links.flatMap(({ provider }) => credits[provider] ?? []))];
  const said = [show.description, ...show.genres, ...show.tags, ...studios, ...links];
  if (!said.some(Boolean)) return null;
  return (
    <section className="gutter mt-8 grid gap-8 md:grid-cols-[1.7fr_1fr] md:gap-14">
      <div>{show.description && <Description text={show.description} />}</div>
      <div className="flex flex-col gap-5">
        {show.genres.length > 0 && (
          <Group title={t.details.genres}>
            {show.genres.map((genre) => (
              <Link
                key={genre}
                to="/browse"
                search={{ filter: `genres has ${genre}` }}
                className={`${pill} bg-accent/15 text-accent-text hover:bg-accent/25`}
              >
                {genreName(genre)}
              </Link>
            ))}
          </Group>
        )}
        {studios.length > 0 && (
          <Group title={t.details.studios}>
            {studios.map((studio) => (
              <Link
                key={studio.id}
                to="/browse"
                search={{ filter: `studios has ${studio.slug}` }}
                className={`${pill} bg-raised hover:bg-line`}
              >
                {studio.name}
              </Link>
            ))}
          </Group>
        )}
        {show.tags.length > 0 && (
          <Group title={t.details.tags}>
            {show.tags.slice(0, 12).map((tag) => (
              <Link key={tag} to="/browse" search={{ q: tag }} className={`${pill} bg-raised hover:bg-line`}>
                {tag}
              </Link>
            ))}
          </Group>
        )}
        {links.length > 0 && (
          <Group title={t.details.links}>
            {links.map(({ provider, link, label }) => (
              <a
                key={link}
                href={link}
                target="_blank"
                rel="noreferrer"
                className={`${pill} border border-line hover:border-muted`}
              >
                {[providers[provider] ?? provider, label].filter(Boolean).join(" · ")}
              </a>
            ))}
          </Group>
        )}
        {credited.length > 0 && (
          <ul className="text-xs text-muted" data-testid="credits">
            {credited.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

export const ShowPageSkeleton = () => (
  <div aria-hidden="true">
    <div className="skeleton -mt-16 min-h-[58vh]" />
    <div className="gutter mt-8 grid max-w-3xl gap-3">
      {["w-full", "w-11/12", "w-4/5", "w-2/3"].map((width) => (
        <div key={width} className={`skeleton h-4 rounded-full ${width}`} />
      ))}
    </div>
  </div>
);
