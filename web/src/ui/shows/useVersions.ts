/** The versions of a film or episode with their names, and the one that plays best here. */
import { useQueries } from "@tanstack/react-query";
import type { EmbeddedVideo } from "~/api/models/files";
import { mediaInfo } from "~/api/videos";
import { thisDevice } from "~/lib/device";
import { fileName } from "~/lib/format";
import { rememberedVersion, rememberVersion } from "~/lib/preferences";
import { choices, ranked, traitsOf, versionName } from "~/lib/versions";

export type NamedVersion = { video: EmbeddedVideo; name: string };

/** `title` is what the choice is remembered for: the slug of a film or serie. `enabled`: whether to look into the files. */
export function useVersions(videos: readonly EmbeddedVideo[], title: string, enabled = true) {
  const offered = choices(videos);
  const queries = useQueries({
    queries: offered.map((video) => ({
      ...mediaInfo(video.slug),
      enabled: enabled && offered.length > 1,
      // A file that cannot be read is a worse choice, not a reason to wait.
      retry: false,
    })),
  });
  const known = offered.length < 2 || queries.every((query) => !query.isPending);
  const infos = new Map(
    offered.flatMap((video, i) => (queries[i]?.data ? [[video.id, queries[i].data] as const] : [])),
  );
  const device = thisDevice();
  const versions: NamedVersion[] = ranked(videos, infos, device).map((video) => ({
    video,
    name: versionName(video, infos.get(video.id)) || fileName(video.path),
  }));
  return {
    versions,
    /** Undefined until the files are known. */
    best: known ? ranked(videos, infos, device, rememberedVersion(title))[0] : undefined,
    remember: (video: EmbeddedVideo) => rememberVersion(title, traitsOf(video, infos.get(video.id))),
  };
}
