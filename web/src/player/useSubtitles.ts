/** The chosen subtitle track as React state: first pick, drawing, cycling, and making room for the controls. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { UserSettings } from "~/api/models/accounts";
import type { MediaInfo, Subtitle } from "~/api/models/files";
import { getPreferences, setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { liftSubtitles, showSubtitle } from "./subtitles";
import { pickSubtitle, subtitleKind, subtitleLabel } from "./tracks";

const noSubtitles: Subtitle[] = [];

export function useSubtitles(
  video: HTMLVideoElement | null,
  info: MediaInfo | undefined,
  settings: UserSettings | undefined,
  controlsShown: boolean,
) {
  const subtitles = useMemo(
    () => info?.subtitles.filter((subtitle) => subtitleKind(subtitle)) ?? noSubtitles,
    [info],
  );
  // What was picked by hand holds for this file; `undefined` until then.
  const [picked, setPicked] = useState<{ info: MediaInfo | undefined; subtitle: Subtitle | null }>();
  const wanted = getPreferences().subtitleLanguage ?? settings?.subtitleLanguage ?? null;
  const current = picked && picked.info === info ? picked.subtitle : pickSubtitle(subtitles, wanted);

  const select = useCallback(
    (subtitle: Subtitle | null) => {
      setPreferences({ subtitleLanguage: subtitle ? (subtitle.language ?? "default") : "none" });
      setPicked({ info, subtitle });
    },
    [info],
  );

  const lifted = useRef(controlsShown);
  lifted.current = controlsShown;
  useEffect(() => {
    if (!video || !info || !current) return;
    return showSubtitle({
      video,
      subtitle: current,
      fonts: info.fonts,
      onReady: () => liftSubtitles(video, lifted.current),
      onError: () => showToast(t.player.subtitleFailed, "error"),
    });
  }, [video, info, current]);

  useEffect(() => {
    if (video) liftSubtitles(video, controlsShown);
  }, [video, controlsShown]);

  const cycle = () => {
    if (!subtitles.length) return null;
    const at = current ? subtitles.indexOf(current) : -1;
    const next = subtitles[at + 1] ?? null;
    select(next);
    return next ? subtitleLabel(next, at + 1) : t.player.none;
  };

  return { subtitles, current, select, cycle };
}
