/** Starts a film or an entry; with several versions, a menu chooses the file. */

import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, Play } from "lucide-react";
import type { EmbeddedVideo } from "~/api/models/files";
import { fileName } from "~/lib/format";
import { t } from "~/lib/strings";
import { choices } from "~/lib/versions";
import { ButtonLink, buttonClass } from "~/ui/Button";
import { playLink, watchLink } from "~/ui/links";
import { Menu, MenuRadio } from "~/ui/Menu";
import { useVersions } from "./useVersions";

/** `title` as `useVersions` takes it. */
export function VersionItems({ videos, title }: { videos: readonly EmbeddedVideo[]; title: string }) {
  const navigate = useNavigate();
  const { versions, best, remember } = useVersions(videos, title);
  return versions.map(({ video, name }) => (
    <MenuRadio
      key={video.id}
      checked={video.id === best?.id}
      onSelect={() => {
        remember(video);
        void navigate(watchLink(video.slug));
      }}
      hint={[fileName(video.path), video.version > 1 && t.details.version(video.version)]
        .filter(Boolean)
        .join(" · ")}
    >
      {name}
    </MenuRadio>
  ));
}

export function PlayButton({
  videos = [],
  title,
  label,
}: {
  videos: EmbeddedVideo[] | undefined;
  title: string;
  label: string;
}) {
  const link = playLink(videos);
  if (!link) {
    return (
      <span
        className={buttonClass("glass", "lg", "pointer-events-none opacity-70")}
        data-testid="play-unavailable"
      >
        {t.details.unavailable}
      </span>
    );
  }
  const several = choices(videos).length > 1;
  return (
    <div className="flex">
      <ButtonLink
        {...link}
        // Whoever sees it may press it: the code of the player is here by then.
        preload="viewport"
        size="lg"
        data-testid="play-button"
        className={several ? "!rounded-r-none !pr-4" : ""}
      >
        <Play className="fill-current" aria-hidden="true" /> {label}
      </ButtonLink>
      {several && (
        <Menu
          label={t.details.chooseVersion}
          triggerClass={buttonClass("solid", "lg", "!rounded-l-none border-l border-white/25 !px-3")}
          trigger={<ChevronDown aria-hidden="true" />}
          align="start"
          testId="menu-version"
        >
          <VersionItems videos={videos} title={title} />
        </Menu>
      )}
    </div>
  );
}
