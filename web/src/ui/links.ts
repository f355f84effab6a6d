/** Where things live in the address bar: from an object of the server to its page. */
import type { Entry, Show } from "~/api/models/catalogue";

export function showLink(show: Show) {
  const params = { slug: show.slug };
  if (show.kind === "movie") return { to: "/movies/$slug", params } as const;
  if (show.kind === "serie") return { to: "/series/$slug", params } as const;
  return { to: "/collections/$slug", params } as const;
}

export const watchLink = (slug: string) => ({ to: "/watch/$slug", params: { slug } }) as const;

/** The player's slug for an entry: its first file. Undefined when there is none. */
export const videoSlug = (entry: Entry | null | undefined) => entry?.videos?.[0]?.slug;
