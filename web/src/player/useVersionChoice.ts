/** Which of several files of an entry plays: the best one when the address leaves it open, else the one it names. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { EmbeddedVideo, FullVideo } from "~/api/models/files";
import { partToResume } from "~/lib/versions";
import { watchLink } from "~/ui/links";
import { useVersions } from "~/ui/shows/useVersions";

const nothing: never[] = [];

/** `choosing`: the address leaves it open. Then the address is replaced by that of the chosen file, from `from` on. */
export function useVersionChoice(data: FullVideo | undefined, choosing: boolean, from: string | undefined) {
  const navigate = useNavigate();
  const title = data?.show?.slug ?? data?.entries[0]?.slug ?? "";
  const videos = data?.versions ?? nothing;
  const { versions, best, remember } = useVersions(videos, title);
  const own = data?.slugs[0];
  const target =
    !data || (videos.length && !best) ? null : best ? partToResume(videos, best, data.progress).slug : own;
  useEffect(() => {
    if (choosing && target) {
      void navigate({ ...watchLink(target), search: from ? { t: from } : {}, replace: true });
    }
  }, [choosing, target, from, navigate]);
  const current = videos.find((video) => video.id === data?.id);
  return {
    versions,
    /** The rendering that plays: its parts and older versions are the same choice. */
    rendering: current?.rendering,
    /** Plays another version from `time` (seconds) on. */
    choose: (video: EmbeddedVideo, time: number) => {
      remember(video);
      void navigate({ ...watchLink(video.slug), search: { t: String(Math.floor(time)) }, replace: true });
    },
  };
}
