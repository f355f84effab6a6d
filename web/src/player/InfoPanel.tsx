/** The panel that tells what plays and why it is converted, if it is. */
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { MediaInfo } from "~/api/models/files";
import { thisDevice } from "~/lib/device";
import { t } from "~/lib/strings";
import { ControlButton } from "./Controls";
import type { EngineState, PlayerEngine } from "./engine";
import { playbackFacts } from "./playbackInfo";
import { bufferedAhead } from "./quality";

type Props = {
  video: HTMLVideoElement;
  engine: PlayerEngine | null;
  state: EngineState;
  info: MediaInfo | undefined;
  onClose: () => void;
};

export function InfoPanel({ video, engine, state, info, onClose }: Props) {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const quality = video.getVideoPlaybackQuality?.();
  const facts = playbackFacts({
    state,
    info,
    plays: thisDevice().plays,
    ahead: bufferedAhead(video),
    dropped: quality?.droppedVideoFrames ?? 0,
    frames: quality?.totalVideoFrames ?? 0,
    bandwidth: engine?.bandwidth ?? null,
  });
  return (
    <section
      aria-label={t.player.info}
      data-testid="playback-info"
      className="absolute left-3 top-20 z-10 max-h-[60vh] w-[min(27rem,calc(100vw-1.5rem))] animate-fade overflow-y-auto rounded-2xl bg-[#171422]/92 p-4 pr-12 text-sm text-white shadow-2xl ring-1 ring-white/15 backdrop-blur-xl sm:left-6"
    >
      <ControlButton
        label={t.player.closeInfo}
        onClick={onClose}
        className="!absolute right-1.5 top-1.5 !size-9"
      >
        <X />
      </ControlButton>
      <h2 className="mb-2 font-bold">{t.player.info}</h2>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        {facts.map(({ name, value }) => (
          <div key={name} className="contents">
            <dt className="text-white/60">{name}</dt>
            <dd className="min-w-0 font-medium break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
