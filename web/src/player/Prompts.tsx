/** Offers that appear over the picture: skip this part, play the next episode, and errors with a way out. */
import { FastForward, Play, TriangleAlert, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { UserSettings } from "~/api/models/accounts";
import type { Chapter, FullVideo, VideoLink } from "~/api/models/files";
import { prepare } from "~/api/videos";
import { entryTitle } from "~/lib/format";
import { t } from "~/lib/strings";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { Button, ButtonLink } from "~/ui/Button";
import { chapterAt, endsVideo, skipAction, storyEnd } from "./chapters";
import type { PlayerError } from "./engine";
import { useMedia } from "./useMedia";

/** How long the skip button stays when the controls are hidden (milliseconds). */
const skipShownFor = 8000;

type SkipProps = {
  video: HTMLVideoElement | null;
  chapters: readonly Chapter[];
  duration: number;
  settings: UserSettings | undefined;
  controlsShown: boolean;
  hasNext: boolean;
  onSeek: (time: number) => void;
  onNext: () => void;
};

export function SkipButton({
  video,
  chapters,
  duration,
  settings,
  controlsShown,
  hasNext,
  onSeek,
  onNext,
}: SkipProps) {
  const start = useMedia(
    video,
    (v) => chapterAt(chapters, v.currentTime)?.startTime ?? -1,
    -1,
    "timeupdate",
    "seeked",
  );
  const chapter = chapters.find((candidate) => candidate.startTime === start);
  const action = skipAction(chapter, settings);
  const skipped = useRef(new Set<number>());
  const [fresh, setFresh] = useState(false);

  const skip = () => {
    if (!chapter) return;
    if (endsVideo(chapter, duration) && hasNext) onNext();
    else onSeek(Math.min(chapter.endTime, duration - 0.1));
  };

  const latest = useRef(skip);
  latest.current = skip;
  useEffect(() => {
    // Once only: whoever seeks back into an intro wants to see it.
    if (action !== "auto" || skipped.current.has(start)) return;
    skipped.current.add(start);
    latest.current();
  }, [action, start]);

  useEffect(() => {
    if (start < 0) return;
    setFresh(true);
    const timer = setTimeout(() => setFresh(false), skipShownFor);
    return () => clearTimeout(timer);
  }, [start]);

  if (!chapter || action === "none" || !(fresh || controlsShown)) return null;
  // The offer of the next episode says the same, better.
  if (chapter.type === "credits" && hasNext && endsVideo(chapter, duration)) return null;
  return (
    <button
      type="button"
      onClick={skip}
      data-testid="skip-button"
      className="inline-flex h-12 animate-rise items-center gap-2 rounded-full border-2 border-white/80 bg-black/70 px-6 font-bold text-white backdrop-blur-md transition-colors hover:bg-white hover:text-black"
    >
      <FastForward className="size-5 fill-current" aria-hidden="true" /> {t.player.skip[chapter.type]}
    </button>
  );
}

type UpNextProps = {
  video: HTMLVideoElement | null;
  next: VideoLink;
  show: FullVideo["show"];
  chapters: readonly Chapter[];
  duration: number;
  onNext: () => void;
};

export function UpNext({ video, next, show, chapters, duration, onNext }: UpNextProps) {
  const from = storyEnd(chapters, duration);
  const near = useMedia(video, (v) => duration > 60 && v.currentTime >= from, false, "timeupdate", "seeked");
  const [dismissed, setDismissed] = useState(false);
  const slug = next.video;
  useEffect(() => {
    // Only a head start: without it the next episode begins a little later.
    if (near && slug) prepare(slug).catch(() => {});
  }, [near, slug]);
  if (!near || dismissed) return null;
  const { entry } = next;
  return (
    <aside
      aria-label={t.player.upNext}
      data-testid="up-next"
      className="flex w-[min(25rem,90vw)] animate-rise items-center gap-3.5 rounded-2xl bg-[#171422]/92 p-3 text-white shadow-2xl ring-1 ring-white/15 backdrop-blur-xl"
    >
      <Artwork
        image={entry.thumbnail ?? show?.thumbnail}
        title={entry.name ?? show?.name ?? ""}
        quality={qualityFor(130)}
        className="aspect-video w-32 shrink-0 rounded-xl max-sm:w-24"
      />
      <div className="min-w-0 flex-1">
        <p className="text-xs font-bold uppercase tracking-wider text-white/60">{t.player.upNext}</p>
        <p className="line-clamp-2 text-sm font-bold leading-snug">{entryTitle(entry)}</p>
        <Button size="sm" className="mt-2 !h-8" onClick={onNext}>
          <Play className="fill-current" aria-hidden="true" /> {t.player.playNow}
        </Button>
      </div>
      <button
        type="button"
        aria-label={t.common.dismiss}
        onClick={() => setDismissed(true)}
        className="self-start rounded-full p-1.5 text-white/70 hover:bg-white/15"
      >
        <X className="size-4" />
      </button>
    </aside>
  );
}

export const ErrorBox = ({
  error,
  slug,
  onRetry,
  onDismiss,
}: {
  error: PlayerError;
  slug: string;
  onRetry: () => void;
  onDismiss: () => void;
}) => (
  <div
    role="alert"
    data-testid="player-error"
    className="flex max-w-md animate-rise flex-col items-center gap-3 rounded-3xl bg-[#171422]/95 p-7 text-center text-white shadow-2xl ring-1 ring-white/15"
  >
    <TriangleAlert className="size-10 text-amber-300" aria-hidden="true" />
    <h2 className="text-lg font-bold">{error.kind === "refused" ? t.player.refused : t.player.failed}</h2>
    <p className="max-w-full text-sm text-white/75 break-words">{error.text}</p>
    <div className="mt-2 flex flex-wrap justify-center gap-3">
      <Button onClick={onRetry}>{t.common.retry}</Button>
      {error.kind === "failed" && (
        <ButtonLink look="glass" to="/info/$slug" params={{ slug }}>
          {t.info.title}
        </ButtonLink>
      )}
      <Button look="glass" onClick={onDismiss}>
        {t.common.dismiss}
      </Button>
    </div>
  </div>
);
