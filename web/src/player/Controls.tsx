/** What lies over the picture: title above, time line and buttons below. */
import { Link } from "@tanstack/react-router";
import {
  ArrowLeft,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  RotateCw,
  SkipBack,
  SkipForward,
  Volume1,
  Volume2,
  VolumeX,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import type { FullVideo } from "~/api/models/files";
import { entryTitle, formatTime } from "~/lib/format";
import { t } from "~/lib/strings";
import { showLink } from "~/ui/links";
import { controlClass } from "./Menus";
import type { PlayerActions } from "./shortcuts";
import { playerTitle } from "./titles";
import { useMedia, usePaused, useTime } from "./useMedia";

type ButtonProps = {
  label: string;
  onClick: () => void;
  children: ReactNode;
  className?: string;
  disabled?: boolean;
  testId?: string;
};

export const ControlButton = ({
  label,
  onClick,
  children,
  className = "",
  disabled,
  testId,
}: ButtonProps) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    disabled={disabled}
    data-testid={testId}
    onClick={onClick}
    className={`${controlClass} ${className}`}
  >
    {children}
  </button>
);

type TopProps = {
  data: FullVideo | undefined;
  /** The kind of HDR. */
  badge: string | null;
  onBack: () => void;
};

export function TopBar({ data, badge, onBack }: TopProps) {
  const { title, subtitle } = data ? playerTitle(data) : { title: "", subtitle: "" };
  return (
    <div className="flex items-center gap-2 bg-linear-to-b from-black/80 to-transparent px-3 pb-14 pt-[max(0.75rem,env(safe-area-inset-top))] sm:px-6 sm:pt-5">
      <ControlButton label={t.player.back} onClick={onBack} testId="player-back">
        <ArrowLeft />
      </ControlButton>
      <div className="min-w-0">
        <h1 className="truncate text-lg font-bold sm:text-xl">
          {data?.show ? (
            <Link {...showLink(data.show)} className="rounded hover:underline">
              {title}
            </Link>
          ) : (
            title
          )}
        </h1>
        {subtitle && <p className="truncate text-sm font-semibold text-white/75">{subtitle}</p>}
      </div>
      {badge && (
        <span className="ml-auto shrink-0 self-start rounded-md border border-white/60 px-1.5 py-0.5 text-xs font-bold tracking-wide">
          {badge}
        </span>
      )}
    </div>
  );
}

function Volume({ video, actions }: { video: HTMLVideoElement | null; actions: PlayerActions }) {
  const volume = useMedia(video, (v) => v.volume, 1, "volumechange");
  const muted = useMedia(video, (v) => v.muted, false, "volumechange");
  const heard = muted ? 0 : volume;
  const Icon = heard === 0 ? VolumeX : heard < 0.5 ? Volume1 : Volume2;
  return (
    <div className="group/volume flex items-center pointer-coarse:hidden">
      <ControlButton label={muted ? t.player.unmute : t.player.mute} onClick={actions.toggleMute}>
        <Icon />
      </ControlButton>
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={heard}
        aria-label={t.player.volume}
        onChange={(event) => {
          if (!video) return;
          video.volume = Number(event.target.value);
          video.muted = video.volume === 0;
        }}
        className="h-1 w-0 cursor-pointer accent-white opacity-0 transition-all focus-visible:w-20 focus-visible:opacity-100 group-hover/volume:mr-2 group-hover/volume:w-20 group-hover/volume:opacity-100"
      />
    </div>
  );
}

function Clock({ video, duration }: { video: HTMLVideoElement | null; duration: number }) {
  const time = useTime(video);
  const [remaining, setRemaining] = useState(false);
  return (
    <button
      type="button"
      title={t.player.remaining}
      onClick={() => setRemaining(!remaining)}
      className="rounded-lg px-2 text-sm font-bold whitespace-nowrap tabular-nums"
    >
      {remaining ? `-${formatTime(duration - time)}` : formatTime(time)}
      <span className="text-white/60"> / {formatTime(duration)}</span>
    </button>
  );
}

type BarProps = {
  video: HTMLVideoElement | null;
  data: FullVideo | undefined;
  duration: number;
  actions: PlayerActions;
  fullscreen: boolean;
  menus: ReactNode;
};

export function BottomBar({ video, data, duration, actions, fullscreen, menus }: BarProps) {
  const paused = usePaused(video);
  const { previous, next } = data ?? {};
  const neighbour = (label: string, entry: FullVideo["next"]) =>
    entry ? `${label}: ${entryTitle(entry.entry)}` : label;
  return (
    <div className="flex items-center gap-0.5 sm:gap-1">
      <ControlButton
        label={paused ? t.player.play : t.player.pause}
        onClick={actions.togglePlay}
        className="max-sm:hidden"
        testId="player-play"
      >
        {paused ? <Play className="fill-current" /> : <Pause className="fill-current" />}
      </ControlButton>
      <ControlButton label={t.player.rewind} onClick={() => actions.seekBy(-10)} className="max-sm:hidden">
        <RotateCcw />
      </ControlButton>
      <ControlButton label={t.player.forward} onClick={() => actions.seekBy(10)} className="max-sm:hidden">
        <RotateCw />
      </ControlButton>
      {previous && (
        <ControlButton
          label={neighbour(t.player.previous, previous)}
          onClick={actions.previous}
          disabled={!previous.video}
          className="max-sm:hidden"
          testId="player-previous"
        >
          <SkipBack className="fill-current" />
        </ControlButton>
      )}
      {next && (
        <ControlButton
          label={neighbour(t.player.next, next)}
          onClick={actions.next}
          disabled={!next.video}
          testId="player-next"
        >
          <SkipForward className="fill-current" />
        </ControlButton>
      )}
      <Volume video={video} actions={actions} />
      <Clock video={video} duration={duration} />
      <div className="flex-1" />
      {menus}
      {document.pictureInPictureEnabled && (
        <ControlButton label={t.player.pip} onClick={actions.togglePip} className="max-md:hidden">
          <PictureInPicture2 />
        </ControlButton>
      )}
      <ControlButton
        label={fullscreen ? t.player.exitFullscreen : t.player.fullscreen}
        onClick={actions.toggleFullscreen}
        testId="player-fullscreen"
      >
        {fullscreen ? <Minimize /> : <Maximize />}
      </ControlButton>
    </div>
  );
}

/** The big buttons in the middle of small screens. */
export function TouchControls({
  video,
  actions,
}: {
  video: HTMLVideoElement | null;
  actions: PlayerActions;
}) {
  const paused = usePaused(video);
  const round = "!size-14 bg-black/45 backdrop-blur-sm [&_svg]:!size-7";
  return (
    <div className="flex items-center justify-center gap-8 sm:hidden">
      <ControlButton label={t.player.rewind} onClick={() => actions.seekBy(-10)} className={round}>
        <RotateCcw />
      </ControlButton>
      <ControlButton
        label={paused ? t.player.play : t.player.pause}
        onClick={actions.togglePlay}
        className="!size-18 bg-accent [&_svg]:!size-9"
      >
        {paused ? <Play className="ml-1 fill-current" /> : <Pause className="fill-current" />}
      </ControlButton>
      <ControlButton label={t.player.forward} onClick={() => actions.seekBy(10)} className={round}>
        <RotateCw />
      </ControlButton>
    </div>
  );
}
