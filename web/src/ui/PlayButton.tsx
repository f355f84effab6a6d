/** Starts a film or an entry; with several versions, a menu chooses the file. */

import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, Play } from "lucide-react";
import type { EmbeddedVideo } from "~/api/models/files";
import { fileName } from "~/lib/format";
import { t } from "~/lib/strings";
import { ButtonLink, buttonClass } from "./Button";
import { watchLink } from "./links";
import { Menu, MenuItem } from "./Menu";

/** Files that are alternatives of each other: later parts of the same version are reached by playing. */
export const versionsOf = (videos: readonly EmbeddedVideo[]) =>
  videos.filter((video) => video.part === null || video.part <= 1);

export function VersionItems({ videos }: { videos: EmbeddedVideo[] }) {
  const navigate = useNavigate();
  return videos.map((video) => (
    <MenuItem key={video.slug} onSelect={() => void navigate(watchLink(video.slug))}>
      <Play />
      <span className="min-w-0">
        <span className="block truncate">{video.edition || fileName(video.path)}</span>
        <span className="block truncate text-xs font-medium text-muted">
          {[
            video.edition && fileName(video.path),
            t.details.version(video.version),
            video.part !== null && t.details.part(video.part),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
    </MenuItem>
  ));
}

export function PlayButton({ videos, label }: { videos: EmbeddedVideo[] | undefined; label: string }) {
  const versions = versionsOf(videos ?? []);
  const first = versions[0] ?? videos?.[0];
  if (!first) {
    return (
      <span
        className={buttonClass("glass", "lg", "pointer-events-none opacity-70")}
        data-testid="play-unavailable"
      >
        {t.details.unavailable}
      </span>
    );
  }
  return (
    <div className="flex">
      <ButtonLink
        {...watchLink(first.slug)}
        size="lg"
        data-testid="play-button"
        className={versions.length > 1 ? "!rounded-r-none !pr-4" : ""}
      >
        <Play className="fill-current" aria-hidden="true" /> {label}
      </ButtonLink>
      {versions.length > 1 && (
        <Menu
          label={t.details.chooseVersion}
          triggerClass={buttonClass("solid", "lg", "!rounded-l-none border-l border-white/25 !px-3")}
          trigger={<ChevronDown aria-hidden="true" />}
          align="start"
        >
          <VersionItems videos={versions} />
        </Menu>
      )}
    </div>
  );
}
