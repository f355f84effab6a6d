/** What a playing video is called. Pure. */
import type { FullVideo } from "~/api/models/files";
import { entryTitle, fileName } from "~/lib/format";

/** `title` is the film or serie, `subtitle` the episode (empty for films). A file without a match is called by its name. */
export function playerTitle(video: Pick<FullVideo, "path" | "entries" | "show">): {
  title: string;
  subtitle: string;
} {
  const [first, ...others] = video.entries;
  if (!first) return { title: fileName(video.path), subtitle: "" };
  const title = video.show?.name ?? first.name ?? fileName(video.path);
  if (video.show?.kind === "movie") return { title, subtitle: "" };
  return { title, subtitle: [entryTitle(first), ...others.map(entryTitle)].join(" · ") };
}
