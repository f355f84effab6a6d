/** The time line: what is played and loaded, chapters, and a preview picture under the pointer. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Chapter } from "~/api/models/files";
import { formatTime } from "~/lib/format";
import { t } from "~/lib/strings";
import { type Sprite, spriteAt } from "~/lib/vtt";
import { chapterAt } from "./chapters";
import { useBuffered, useTime } from "./useMedia";

type Props = {
  video: HTMLVideoElement | null;
  duration: number;
  chapters: readonly Chapter[];
  sprites: readonly Sprite[];
  onSeek: (time: number) => void;
};

const percent = (value: number, whole: number) => `${whole > 0 ? Math.min(100, (value / whole) * 100) : 0}%`;

function Preview({
  time,
  duration,
  width,
  chapter,
  sprite,
}: {
  time: number;
  duration: number;
  width: number;
  chapter: Chapter | undefined;
  sprite: Sprite | undefined;
}) {
  const scale = sprite ? Math.min(1, 176 / sprite.width) : 1;
  const half = sprite ? (sprite.width * scale) / 2 : 60;
  const left = Math.min(Math.max((time / (duration || 1)) * width, half), Math.max(half, width - half));
  return (
    <div
      className="pointer-events-none absolute bottom-full mb-3 flex -translate-x-1/2 flex-col items-center gap-1.5 text-center text-white"
      style={{ left }}
      data-testid="seek-preview"
    >
      {sprite && (
        <div
          className="overflow-hidden rounded-xl bg-black shadow-2xl ring-2 ring-white/80"
          style={{ width: sprite.width * scale, height: sprite.height * scale }}
        >
          <div
            className="origin-top-left"
            style={{
              width: sprite.width,
              height: sprite.height,
              transform: `scale(${scale})`,
              backgroundImage: `url("${sprite.url}")`,
              backgroundPosition: `-${sprite.x}px -${sprite.y}px`,
            }}
          />
        </div>
      )}
      <div className="rounded-lg bg-black/80 px-2.5 py-1 text-sm font-bold whitespace-nowrap tabular-nums">
        {formatTime(time)}
        {chapter?.name && <span className="ml-2 font-medium text-white/75">{chapter.name}</span>}
      </div>
    </div>
  );
}

export function SeekBar({ video, duration, chapters, sprites, onSeek }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const time = useTime(video);
  const buffered = useBuffered(video);
  const [hover, setHover] = useState<number | null>(null);
  const [dragging, setDragging] = useState(false);

  const timeAt = (event: PointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: time - 5,
      ArrowRight: time + 5,
      PageUp: time + 60,
      PageDown: time - 60,
      Home: 0,
      End: duration - 1,
    };
    const target = steps[event.key];
    if (target === undefined) return;
    event.preventDefault();
    onSeek(Math.min(duration, Math.max(0, target)));
  };

  const shown = dragging && hover !== null ? hover : time;
  const ranges = buffered
    .split(",")
    .filter(Boolean)
    .map((range) => range.split("-").map(Number));
  return (
    <div
      ref={bar}
      role="slider"
      tabIndex={0}
      aria-label={t.player.seek}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(time)}
      aria-valuetext={`${formatTime(time)} / ${formatTime(duration)}`}
      data-testid="player-seek"
      className="group/seek relative flex h-6 cursor-pointer touch-none items-center rounded-full outline-offset-4"
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
        setHover(timeAt(event));
      }}
      onPointerMove={(event) => setHover(timeAt(event))}
      onPointerUp={(event) => {
        if (!dragging) return;
        setDragging(false);
        onSeek(timeAt(event));
        if (event.pointerType !== "mouse") setHover(null);
      }}
      onPointerCancel={() => {
        setDragging(false);
        setHover(null);
      }}
      onPointerLeave={() => !dragging && setHover(null)}
    >
      <div className="relative h-1.5 w-full overflow-hidden rounded-full bg-white/25 transition-[height] group-hover/seek:h-2">
        {ranges.map(([start = 0, end = 0]) => (
          <div
            key={start}
            className="absolute inset-y-0 bg-white/35"
            style={{ left: percent(start, duration), width: percent(end - start, duration) }}
          />
        ))}
        {hover !== null && !dragging && (
          <div
            className="absolute inset-y-0 left-0 bg-white/25"
            style={{ width: percent(hover, duration) }}
          />
        )}
        <div className="absolute inset-y-0 left-0 bg-[#9b6bff]" style={{ width: percent(shown, duration) }} />
        {chapters
          .filter((chapter) => chapter.startTime > 1 && chapter.startTime < duration - 1)
          .map((chapter) => (
            <div
              key={chapter.startTime}
              className="absolute inset-y-0 w-[3px] -translate-x-1/2 bg-black/80"
              style={{ left: percent(chapter.startTime, duration) }}
            />
          ))}
      </div>
      <div
        className={`pointer-events-none absolute size-4 -translate-x-1/2 rounded-full bg-white shadow-lg transition-transform ${dragging ? "scale-125" : "scale-90 group-hover/seek:scale-110"}`}
        style={{ left: percent(shown, duration) }}
      />
      {hover !== null && duration > 0 && (
        <Preview
          time={hover}
          duration={duration}
          width={bar.current?.clientWidth ?? 0}
          chapter={chapterAt(chapters, hover)}
          sprite={spriteAt(sprites, hover)}
        />
      )}
    </div>
  );
}
