/** What is inside a file: container, tracks, chapters, and the file itself to download. */

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Download, Play } from "lucide-react";
import type { FormEvent, ReactNode } from "react";
import { file, useNameCut } from "~/api/library";
import { may, useMe } from "~/api/users";
import { mediaInfo } from "~/api/videos";
import { fileName, formatBitrate, formatSize, formatTime, languageName } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Button, ButtonLink, buttonClass } from "~/ui/Button";
import { Card, TextField } from "~/ui/Field";
import { watchLink } from "~/ui/links";
import { PageTitle } from "~/ui/PageTitle";
import { Failure, Spinner } from "~/ui/states";

const route = getRouteApi("/frame/info/$slug");

const Fact = ({ name, wide, children }: { name: string; wide?: boolean; children: ReactNode }) => (
  <div className={`min-w-0 ${wide ? "col-span-full" : ""}`}>
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="font-bold break-words">{children}</dd>
  </div>
);

type Line = { key: string; title: string; details: string[] };

const Lines = ({ title, lines }: { title: string; lines: Line[] }) => (
  <Card title={title}>
    {lines.length === 0 && <p className="text-muted">{t.info.none}</p>}
    <ul className="divide-y divide-line">
      {lines.map((line) => (
        <li
          key={line.key}
          className="flex flex-wrap items-baseline justify-between gap-x-4 py-2.5 first:pt-0 last:pb-0"
        >
          <span className="font-bold">{line.title}</span>
          <span className="text-sm text-muted">{line.details.filter(Boolean).join(" · ")}</span>
        </li>
      ))}
    </ul>
  </Card>
);

const trackTitle = (track: { title: string | null; language: string | null }, position: number) =>
  [track.language && languageName(track.language), track.title].filter(Boolean).join(" – ") ||
  t.player.track(position + 1);

/** The name of the cut that the file is of; its parts and versions share it. */
function Cut({ slug }: { slug: string }) {
  const me = useMe();
  const { data } = useQuery(file(slug));
  const name = useNameCut(slug);
  if (!data || data.edition === undefined) return null;
  if (!may(me, "core.write"))
    return (
      data.edition && <Lines title={t.info.cut} lines={[{ key: "cut", title: data.edition, details: [] }]} />
    );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const edition = String(new FormData(event.currentTarget).get("cut")).trim();
    name.mutate(edition, { onSuccess: () => showToast(t.common.saved) });
  };
  return (
    <Card title={t.info.cut}>
      <form key={data.edition} onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <div className="min-w-52 flex-1">
          <TextField
            label={t.info.cutName}
            name="cut"
            maxLength={200}
            defaultValue={data.edition ?? ""}
            placeholder="Director’s Cut"
            autoComplete="off"
            data-testid="cut"
          />
        </div>
        <Button type="submit" className="!h-12" disabled={name.isPending} data-testid="cut-save">
          {t.common.save}
        </Button>
        <Button
          look="soft"
          className="!h-12"
          disabled={name.isPending}
          onClick={() => name.mutate(null, { onSuccess: () => showToast(t.common.saved) })}
        >
          {t.info.cutOfFile}
        </Button>
      </form>
    </Card>
  );
}

export function Info() {
  const { slug } = route.useParams();
  const query = useQuery(mediaInfo(slug));
  if (query.isPending) return <Spinner className="mx-auto mt-24 size-8" />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const info = query.data;
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-5 px-4 pt-6">
      <PageTitle name={t.info.title} />
      <div>
        <p className="text-sm font-bold text-muted">{t.info.title}</p>
        <h1 className="font-sans text-xl font-extrabold break-words md:text-2xl">{fileName(info.path)}</h1>
      </div>
      <div className="flex flex-wrap gap-3">
        <ButtonLink {...watchLink(slug)}>
          <Play className="fill-current" aria-hidden="true" /> {t.common.play}
        </ButtonLink>
        <a href={`/api/videos/${slug}/direct`} download={fileName(info.path)} className={buttonClass("soft")}>
          <Download aria-hidden="true" /> {t.info.download}
        </a>
      </div>
      <dl className="grid grid-cols-2 gap-4 rounded-3xl border border-line bg-surface p-5 md:grid-cols-3 md:p-7">
        <Fact name={t.info.duration}>{formatTime(info.duration)}</Fact>
        <Fact name={t.info.size}>{formatSize(info.size)}</Fact>
        <Fact name={t.info.container}>{info.container ?? t.common.unknown}</Fact>
        <Fact name={t.info.path} wide>
          {info.path}
        </Fact>
      </dl>
      <Cut slug={slug} />
      <Lines
        title={t.info.video}
        lines={info.videos.map((track, i) => ({
          key: String(track.index),
          title: `${track.width} × ${track.height}`,
          details: [track.codec, formatBitrate(track.bitrate), track.language ? trackTitle(track, i) : ""],
        }))}
      />
      <Lines
        title={t.info.audio}
        lines={info.audios.map((track, i) => ({
          key: String(track.index),
          title: trackTitle(track, i),
          details: [
            track.codec,
            t.player.channels(track.channels),
            formatBitrate(track.bitrate),
            track.isDefault ? t.info.default : "",
          ],
        }))}
      />
      <Lines
        title={t.info.subtitles}
        lines={info.subtitles.map((track, i) => ({
          key: track.link ?? String(i),
          title: trackTitle(track, i),
          details: [
            track.codec,
            track.isForced ? t.player.forced : "",
            track.isHearingImpaired ? t.player.hearingImpaired : "",
            track.isExternal ? t.player.external : "",
            track.isDefault ? t.info.default : "",
          ],
        }))}
      />
      {info.chapters.length > 0 && (
        <Lines
          title={t.info.chapters}
          lines={info.chapters.map((chapter) => ({
            key: String(chapter.startTime),
            title: chapter.name || chapter.type,
            details: [`${formatTime(chapter.startTime)} – ${formatTime(chapter.endTime)}`],
          }))}
        />
      )}
    </div>
  );
}
