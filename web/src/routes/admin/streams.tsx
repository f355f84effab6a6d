/** What is being streamed now: who watches what, and how far the encoders are. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MonitorPlay } from "lucide-react";
import { useRef, useState } from "react";
import type { RunningStream, StreamedTrack } from "~/api/models/files";
import { may, useMe } from "~/api/users";
import { streams, useEndStream } from "~/api/videos";
import { entryTitle, fileName, formatTime } from "~/lib/format";
import { t } from "~/lib/strings";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { Avatar } from "~/ui/Avatar";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Card, TextField } from "~/ui/Field";
import { showLink } from "~/ui/links";
import { Empty, Waiting } from "~/ui/states";

type Viewer = RunningStream["viewers"][number];

const qualityName = (quality: string) => (quality === "original" ? t.streams.original : quality);

/** Why a track is encoded, and what that has cost so far. */
function work({ reason, processorSeconds, encoders }: StreamedTrack): string[] {
  if (reason === undefined) return [];
  if (reason === null) return [t.streams.copied];
  const cost = processorSeconds == null ? [] : [t.streams.cost(processorSeconds, encoders ?? 0)];
  return [t.streams.reasons[reason], ...cost];
}

/** A bar as long as the video, with the parts that are made; viewers stand where they watch. */
function Track({ label, track, stream }: { label: string; track: StreamedTrack; stream: RunningStream }) {
  const share = (seconds: number) =>
    stream.duration > 0 ? Math.min(100, Math.max(0, (seconds / stream.duration) * 100)) : 0;
  return (
    <div>
      <p className="mb-1 text-xs font-bold text-muted" data-testid="stream-track">
        {[label, ...work(track)].join(" · ")}
      </p>
      <div className="relative h-2.5 overflow-hidden rounded-full bg-raised">
        {track.heads.map((head) => (
          <span
            key={`${head.start}-${head.end}`}
            title={`${formatTime(head.start)} – ${formatTime(head.end)}: ${head.isRunning ? t.streams.encoding : t.streams.ready}`}
            className={`absolute inset-y-0 ${head.isRunning ? "bg-amber-500" : "bg-emerald-500"}`}
            style={{
              left: `${share(head.start)}%`,
              width: `${Math.max(0.6, share(head.end) - share(head.start))}%`,
            }}
          />
        ))}
        {stream.viewers.map(
          ({ user, progress }, i) =>
            progress !== null && (
              <span
                key={user?.id ?? String(i)}
                className="absolute inset-y-0 w-0.5 bg-ink"
                style={{ left: `${share(progress)}%` }}
              />
            ),
        )}
      </div>
    </div>
  );
}

function EndStream({ clientId }: { clientId: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const end = useEndStream(clientId);
  const [message, setMessage] = useState("");
  return (
    <>
      <Button look="soft" size="sm" onClick={() => dialog.current?.showModal()} data-testid="stream-end">
        {t.streams.end}
      </Button>
      <Dialog ref={dialog} title={t.streams.endTitle}>
        <form method="dialog" className="mt-4 flex flex-col gap-6" onSubmit={() => end.mutate(message)}>
          <TextField
            label={t.streams.endMessage}
            value={message}
            maxLength={500}
            onChange={(event) => setMessage(event.target.value)}
            data-testid="stream-message"
          />
          <div className="flex flex-wrap justify-end gap-3">
            <Button look="soft" onClick={() => dialog.current?.close()}>
              {t.common.cancel}
            </Button>
            <Button type="submit" look="danger" data-testid="stream-end-confirm">
              {t.streams.end}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

function ViewerLine({ viewer, duration }: { viewer: Viewer; duration: number }) {
  const { user, progress, clientId, state, video, audio } = viewer;
  const writes = may(useMe(), "users.write");
  const parts = [
    state === "paused" && t.streams.paused,
    progress === null
      ? t.streams.unknownProgress
      : t.streams.position(formatTime(progress), formatTime(duration)),
    video && t.streams.video(qualityName(video.quality)),
    audio && t.streams.audio(qualityName(audio.quality)),
  ];
  return (
    <li className="flex items-center gap-3">
      <Avatar user={user ?? { id: "", username: "?", logo: null }} className="size-8 text-sm" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-bold">{user?.username ?? t.streams.unknownUser}</p>
        <p className="truncate text-xs text-muted">{parts.filter(Boolean).join(" · ")}</p>
      </div>
      {writes && clientId && <EndStream clientId={clientId} />}
    </li>
  );
}

function Stream({ stream }: { stream: RunningStream }) {
  const { show } = stream;
  const entry = stream.entries[0];
  const title = show?.name ?? (entry ? entryTitle(entry) : fileName(stream.path));
  return (
    <article className="flex flex-col gap-5 rounded-2xl bg-raised/50 p-4 sm:flex-row" data-testid="stream">
      <Artwork
        image={entry?.thumbnail ?? show?.thumbnail ?? show?.poster ?? null}
        title={title}
        quality={qualityFor(240)}
        className="aspect-video w-full shrink-0 self-start rounded-xl sm:w-52"
      />
      <div className="flex min-w-0 flex-1 flex-col gap-4">
        <div>
          <h3 className="truncate font-sans font-bold">
            {show ? (
              <Link {...showLink(show)} className="hover:text-accent-text hover:underline">
                {title}
              </Link>
            ) : (
              title
            )}
          </h3>
          {show && entry && entry.kind !== "movie" && (
            <p className="truncate text-sm font-semibold">{entryTitle(entry)}</p>
          )}
          <p className="text-xs break-all text-muted">{stream.path}</p>
        </div>
        <ul className="flex flex-col gap-3">
          {stream.viewers.map((viewer, i) => (
            <ViewerLine
              key={viewer.clientId ?? viewer.user?.id ?? String(i)}
              viewer={viewer}
              duration={stream.duration}
            />
          ))}
        </ul>
        <div className="flex flex-col gap-2.5">
          {stream.videos.map((track) => (
            <Track
              key={`v${track.index}-${track.quality}`}
              label={t.streams.video(qualityName(track.quality))}
              track={track}
              stream={stream}
            />
          ))}
          {stream.audios.map((track) => (
            <Track
              key={`a${track.index}-${track.quality}`}
              label={t.streams.audio(qualityName(track.quality))}
              track={track}
              stream={stream}
            />
          ))}
        </div>
      </div>
    </article>
  );
}

export function AdminStreams() {
  const list = useQuery(streams);
  return (
    <Card title={t.streams.title}>
      <Waiting query={list} />
      {list.data?.length === 0 && (
        <Empty icon={<MonitorPlay />} title={t.streams.none} hint={t.streams.noneHint} compact />
      )}
      <div className="flex flex-col gap-4">
        {list.data?.map((stream) => (
          <Stream key={stream.id} stream={stream} />
        ))}
      </div>
    </Card>
  );
}
