/** Numbers of missing episodes as a person reads them. Pure. */
import type { Missing } from "~/api/models/catalogue";

/** `S1:E2, S1:E4–E9`; episodes in a row are one range. */
export function missingNames(missing: readonly Missing[]): string {
  const ranges: { season: number; first: number; last: number }[] = [];
  for (const { seasonNumber, episodeNumber } of missing) {
    const open = ranges.at(-1);
    if (open && open.season === seasonNumber && open.last + 1 === episodeNumber) open.last = episodeNumber;
    else ranges.push({ season: seasonNumber, first: episodeNumber, last: episodeNumber });
  }
  return ranges
    .map(({ season, first, last }) => `S${season}:E${first}${last > first ? `–E${last}` : ""}`)
    .join(", ");
}
