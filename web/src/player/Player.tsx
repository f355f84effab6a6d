/** The player: brings a video, its controls and everything that happens around playing together. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { VideoLink } from "~/api/models/files";
import { refreshWatchState } from "~/api/shows";
import { useMe } from "~/api/users";
import { mediaInfo, sprites as spritesQuery, video as videoQuery } from "~/api/videos";
import { getPreferences, setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { hdrName } from "~/lib/versions";
import type { RoomConnection } from "~/rooms/connection";
import { StartRoom } from "~/rooms/StartRoom";
import { RoomButton, Together } from "~/rooms/Together";
import { useSteering } from "~/rooms/useSteering";
import { imageUrl } from "~/ui/Artwork";
import { bestLink, showLink, watchLink } from "~/ui/links";
import { PageTitle } from "~/ui/PageTitle";
import { Failure } from "~/ui/states";
import { BottomBar, TopBar, TouchControls } from "./Controls";
import { Flash, useFlash } from "./Flash";
import { InfoPanel } from "./InfoPanel";
import { AudioMenu, QualityMenu, SpeedMenu, SubtitleMenu, speeds } from "./Menus";
import { useMediaSession } from "./mediaSession";
import { PlayOnMenu } from "./PlayOnMenu";
import { ErrorBox, SkipButton, UpNext } from "./Prompts";
import { startPosition, trackProgress } from "./progress";
import { SeekBar } from "./SeekBar";
import { Standstill } from "./Standstill";
import { type PlayerActions, useShortcuts } from "./shortcuts";
import { playerTitle } from "./titles";
import { browserMime, mainVideo } from "./tracks";
import { useActivity } from "./useActivity";
import { useAudio } from "./useAudio";
import { useEngine } from "./useEngine";
import { useFullscreen } from "./useFullscreen";
import { useMedia, usePaused, useWaiting } from "./useMedia";
import { usePictures } from "./usePictures";
import { useRemembered } from "./useRemembered";
import { useRemote } from "./useRemote";
import { useSubtitles } from "./useSubtitles";
import { useSurface } from "./useSurface";
import { useVersionChoice } from "./useVersionChoice";

const nothing: never[] = [];

function canPlayFile(video: HTMLVideoElement | null, mimeCodec: string | null | undefined): boolean {
  const mime = browserMime(mimeCodec ?? null);
  return Boolean(video && mime && video.canPlayType(mime));
}

type Props = {
  slug: string;
  /** Seconds to begin at; undefined: where the reader stopped. */
  from: string | undefined;
  /** Whether another version of the same entry may be played instead. */
  choosing: boolean;
  /** The room that this plays in. */
  room?: RoomConnection;
  /** Leaves the room. */
  onLeave?: () => void;
};

export function Player({ slug, from, choosing, room, onLeave }: Props) {
  const navigate = useNavigate();
  const router = useRouter();
  const me = useMe();
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [menuOpen, setMenuOpen] = useState(false);
  const [overPanel, setOverPanel] = useState(false);
  const [infoOpen, setInfoOpen] = useState(false);
  // On phones it covers the picture: whoever opens the room needs the link, the others want to see.
  const [roomOpen, setRoomOpen] = useState(() => room?.isHost || matchMedia("(min-width: 640px)").matches);
  const [wantsTime, setWantsTime] = useState(false);

  const details = useQuery(videoQuery(slug));
  const info = useQuery(mediaInfo(slug));
  const previews = useQuery({
    ...spritesQuery(slug),
    enabled: info.isSuccess && info.data.videos.length > 0,
  });
  const data = details.data;
  const chapters = info.data?.chapters ?? nothing;

  // Streaming starts without waiting for anything; playing the file needs to know what it is.
  const prefersFile = getPreferences().playMode === "original";
  const canDirect = canPlayFile(video, info.data?.mimeCodec);
  const choice = useVersionChoice(data, choosing, from);
  const mode = choosing ? null : !prefersFile ? "hls" : info.isPending ? null : canDirect ? "direct" : "hls";
  const { engine, state } = useEngine(video, slug, mode);

  const mediaDuration = useMedia(video, (v) => v.duration || 0, 0, "durationchange", "emptied");
  const mediaKnows = mediaDuration > 0 && Number.isFinite(mediaDuration) && !state.growing;
  const duration = mediaKnows ? mediaDuration : (info.data?.duration ?? 0);
  const latestDuration = useRef(duration);
  latestDuration.current = duration;

  useEffect(() => {
    if (engine && data) engine.start(startPosition(from, data));
  }, [engine, data, from]);

  useEffect(() => {
    if (!video || !data) return;
    return trackProgress(video, data, () => latestDuration.current);
  }, [video, data]);
  useEffect(() => () => refreshWatchState(), []);

  useRemembered(video);
  const paused = usePaused(video);
  const waiting = useWaiting(video);
  const pictureSpeed = useMedia(video, (v) => v.playbackRate, 1, "ratechange");
  usePictures(previews.data ?? nothing, waiting);
  const { shown, wake, rest } = useActivity(
    paused || menuOpen || overPanel || (room !== undefined && roomOpen),
  );
  const { flash, say } = useFlash();
  const { fullscreen, toggle: toggleFullscreen } = useFullscreen(container, video);
  const settings = me?.claims.settings;
  const {
    subtitles,
    current: subtitle,
    select: selectSubtitle,
    cycle,
  } = useSubtitles(video, info.data, settings, shown);

  const { audios, audio } = useAudio(engine, state, info.data, settings, data);

  const seekTo = (time: number) => {
    if (duration) steering.seek(Math.min(Math.max(0, time), Math.max(0, duration - 0.1)));
  };
  const open = (link: VideoLink | null | undefined) => {
    if (link?.video) void navigate({ ...neighbourLink(link, link.video), replace: true });
  };
  // The next part of a film is that of the same version; of the next episode, the best version plays.
  const neighbourLink = ({ entry }: VideoLink, target: string) =>
    data?.entries.some((own) => own.id === entry.id)
      ? { ...watchLink(target), search: {} }
      : bestLink(target);
  const goNext = () => open(data?.next);
  const steering = useSteering(video, slug, room, wantsTime, duration, goNext);
  const speed = steering.speed ?? pictureSpeed;
  const next = () => (data?.next && !data.next.video ? showToast(t.player.noNext) : steering.next());
  const actions: PlayerActions = {
    togglePlay: steering.togglePlay,
    seekTo,
    seekBy: (seconds) => {
      seekTo((video?.currentTime ?? 0) + seconds);
      say(t.player.seconds(seconds));
    },
    seekToFraction: (fraction) => seekTo(duration * fraction),
    changeVolume: (by) => {
      if (!video) return;
      video.muted = false;
      video.volume = Math.min(1, Math.max(0, Math.round((video.volume + by) * 100) / 100));
      say(t.player.volumeAt(video.volume));
    },
    toggleMute: () => {
      if (!video) return;
      video.muted = !video.muted;
      say(t.player.volumeAt(video.muted ? 0 : video.volume));
    },
    toggleFullscreen,
    togglePip: () => {
      const change = document.pictureInPictureElement
        ? document.exitPictureInPicture()
        : video?.requestPictureInPicture?.();
      // Refused before the first picture and by some browsers: nothing to tell.
      change?.catch(() => {});
    },
    cycleSubtitles: () => {
      const name = cycle();
      if (name) say(name);
    },
    next,
    previous: () => (room ? showToast(t.rooms.noPrevious) : open(data?.previous)),
    changeSpeed: (direction) => {
      const at = speeds.indexOf(speed as (typeof speeds)[number]);
      const faster = speeds[(at < 0 ? speeds.indexOf(1) : at) + direction] ?? speed;
      steering.setSpeed(faster);
      say(`${faster}×`);
    },
    toggleInfo: () => setInfoOpen(!infoOpen),
  };
  useShortcuts(actions, wake);
  useMediaSession(video, data, actions);

  const leave = () => {
    if (onLeave) onLeave();
    else if (router.history.canGoBack()) router.history.back();
    else void navigate(data?.show ? showLink(data.show) : { to: "/" });
  };

  useRemote(video, slug, data, () => engine?.clientId, {
    next,
    leave,
    seekTo,
    togglePlay: steering.togglePlay,
  });

  const onEnded = useRef(() => {});
  onEnded.current = () => {
    if (room) {
      // Whoever comes to the end first leads on; the orders of the others are for a video that is over.
      if (data?.next?.video && room.maySteer) steering.next();
    } else if (data?.next?.video) open(data.next);
    else if (data?.show) void navigate({ ...showLink(data.show), replace: true });
  };
  useEffect(() => {
    const listener = () => onEnded.current();
    video?.addEventListener("ended", listener);
    return () => video?.removeEventListener("ended", listener);
  }, [video]);

  const surface = useSurface(actions, shown, wake, rest);

  if (details.isError) return <Failure error={details.error} retry={() => void details.refetch()} />;

  const poster = data?.entries[0]?.thumbnail ?? data?.show?.thumbnail;
  const names = data ? playerTitle(data) : null;
  const picture = info.data && mainVideo(info.data.videos);
  const badge = picture ? hdrName(picture) : null;
  const menu = { onOpenChange: setMenuOpen };
  return (
    <main
      ref={setContainer}
      data-testid="player"
      className={`dark fixed inset-0 overflow-hidden bg-black text-white select-none ${shown ? "" : "cursor-none"}`}
      data-theme="dark"
      onPointerMove={(event) => event.pointerType === "mouse" && wake()}
      onFocus={wake}
    >
      {names && <PageTitle name={[names.title, names.subtitle].filter(Boolean).join(" · ")} />}
      <div className="absolute inset-0">
        {/* biome-ignore lint/a11y/useMediaCaption: tracks are added when chosen. */}
        <video
          ref={setVideo}
          data-testid="player-video"
          className="size-full object-contain"
          playsInline
          poster={imageUrl(poster, "high")}
        />
      </div>
      {/* The mouse's and fingers' way; the keyboard has shortcuts and buttons. */}
      <div className="absolute inset-0" data-testid="player-surface" {...surface} />
      <Flash flash={flash} />
      {!state.error && (
        <Standstill paused={paused} waiting={waiting} trouble={state.trouble} controlsShown={shown} />
      )}
      <div
        className={`player-controls absolute inset-0 flex flex-col justify-between transition-opacity duration-200 ${shown ? "opacity-100" : "opacity-0 has-focus-visible:opacity-100"}`}
        data-shown={shown}
      >
        <TopBar data={data} badge={badge} onBack={leave} />
        <TouchControls video={video} actions={actions} />
        <div className="bg-linear-to-t from-black/90 via-black/55 to-transparent px-3 pb-[max(0.5rem,env(safe-area-inset-bottom))] pt-12 sm:px-6 sm:pb-4">
          <div
            className="player-panel"
            onPointerEnter={(event) => setOverPanel(event.pointerType === "mouse")}
            onPointerLeave={() => setOverPanel(false)}
          >
            <SeekBar
              video={video}
              duration={duration}
              chapters={chapters}
              sprites={previews.data ?? nothing}
              onSeek={seekTo}
            />
            <BottomBar
              video={video}
              data={room && data ? { ...data, previous: null } : data}
              duration={duration}
              actions={actions}
              fullscreen={fullscreen}
              menus={
                <>
                  <AudioMenu
                    {...menu}
                    options={audios}
                    current={audio}
                    onSelect={(option) => {
                      setPreferences({ audioLanguage: option.language });
                      engine?.setAudio(option.key);
                    }}
                  />
                  <SubtitleMenu
                    {...menu}
                    subtitles={subtitles}
                    current={subtitle}
                    onSelect={selectSubtitle}
                  />
                  {room ? (
                    <RoomButton connection={room} open={roomOpen} onToggle={() => setRoomOpen(!roomOpen)} />
                  ) : (
                    me &&
                    data && (
                      <StartRoom
                        video={data.id}
                        position={() => video?.currentTime ?? 0}
                        onOpenChange={setMenuOpen}
                      />
                    )
                  )}
                  {me && !room && (
                    <PlayOnMenu
                      {...menu}
                      slug={slug}
                      position={() => video?.currentTime ?? 0}
                      onSent={leave}
                    />
                  )}
                  <SpeedMenu {...menu} current={speed} onSelect={steering.setSpeed} />
                  <QualityMenu
                    {...menu}
                    state={state}
                    canDirect={canDirect}
                    versions={room ? nothing : choice.versions}
                    rendering={choice.rendering}
                    onInfo={actions.toggleInfo}
                    onVersion={(version) => choice.choose(version, video?.currentTime ?? 0)}
                    onLevel={(level) => {
                      setPreferences({ playMode: "auto" });
                      engine?.setLevel(level);
                    }}
                    onDirect={() => {
                      setPreferences({ playMode: "original" });
                      engine?.setMode("direct");
                    }}
                  />
                </>
              }
            />
          </div>
        </div>
      </div>
      <div
        className={`absolute right-4 flex flex-col items-end gap-3 transition-[bottom] sm:right-8 ${shown ? "bottom-32" : "bottom-8"}`}
      >
        <SkipButton
          key={slug}
          video={video}
          chapters={chapters}
          duration={duration}
          // What skips by itself would skip for all.
          settings={room ? undefined : settings}
          controlsShown={shown}
          hasNext={Boolean(data?.next?.video)}
          onSeek={seekTo}
          onNext={next}
        />
        {data?.next?.video && (
          <UpNext
            key={`next-${slug}`}
            video={video}
            next={data.next}
            show={data.show}
            chapters={chapters}
            duration={duration}
            onNext={next}
          />
        )}
      </div>
      {room && onLeave && (
        <Together
          connection={room}
          open={roomOpen}
          onClose={() => setRoomOpen(false)}
          wantsTime={wantsTime}
          onWantsTime={setWantsTime}
          onLeave={onLeave}
        />
      )}
      {infoOpen && video && (
        <InfoPanel
          video={video}
          engine={engine}
          state={state}
          info={info.data}
          onClose={() => setInfoOpen(false)}
        />
      )}
      {state.error && (
        <div className="pointer-events-none absolute inset-0 grid place-items-center p-4 *:pointer-events-auto">
          <ErrorBox
            error={state.error}
            slug={slug}
            onRetry={() => engine?.retry()}
            onDismiss={() => engine?.dismissError()}
          />
        </div>
      )}
    </main>
  );
}
