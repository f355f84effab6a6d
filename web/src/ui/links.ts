/** Where things live in the address bar: from an object of the server to its page. */
import type { Entry, Show } from "~/api/models/catalogue";
import type { EmbeddedVideo } from "~/api/models/files";

export function showLink(show: Show) {
  const params = { slug: show.slug };
  if (show.kind === "movie") return { to: "/movies/$slug", params } as const;
  if (show.kind === "serie") return { to: "/series/$slug", params } as const;
  return { to: "/collections/$slug", params } as const;
}

/** Plays this very file. */
export const watchLink = (slug: string) => ({ to: "/watch/$slug", params: { slug } }) as const;

/** Plays the version of this file's entry that the player finds best. */
export const bestLink = (slug: string) =>
  ({ to: "/watch/$slug", params: { slug }, search: { version: "best" } }) as const;

/** Plays an entry that these are the files of. */
export function playLink(videos: readonly EmbeddedVideo[] | undefined) {
  const [first, ...others] = videos ?? [];
  if (!first) return undefined;
  return others.length ? bestLink(first.slug) : watchLink(first.slug);
}

/** The player's slug for an entry: its first file. Undefined when there is none. */
export const videoSlug = (entry: Entry | null | undefined) => entry?.videos?.[0]?.slug;
