/** What was watched in a period: sums, plots by day and hour, titles, and users if they are told. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { statistics } from "~/api/statistics";
import { formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { Card, SelectField } from "~/ui/Field";
import { duration, Plot, Values } from "~/ui/shows/Plot";
import { Waiting } from "~/ui/states";

const Figure = ({ label, value, hint }: { label: string; value: string; hint?: string }) => (
  <div>
    <dt className="text-sm font-bold text-muted">{label}</dt>
    <dd className="text-2xl font-extrabold">{value}</dd>
    {hint && <dd className="text-xs text-muted">{hint}</dd>}
  </div>
);

type Props = { whose: { user?: string } | null; choice?: ReactNode };

export function StatisticsView({ whose, choice }: Props) {
  const [days, setDays] = useState("30");
  const found = useQuery(statistics(whose, Number(days)));
  const data = found.data;
  const encoded = data ? data.encoded.video + data.encoded.audio : 0;
  return (
    <>
      <Card title={t.statistics.title}>
        <p className="-mt-3 mb-5 text-sm text-muted text-pretty">{t.statistics.hint}</p>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={t.statistics.period}
            value={days}
            options={t.statistics.periods as Record<string, string>}
            onChange={setDays}
          />
          {choice}
        </div>
        <Waiting query={found} />
        {data && (
          <dl className="mt-6 grid gap-5 sm:grid-cols-3" data-testid="statistics">
            <Figure label={t.statistics.watched} value={duration(data.seconds)} />
            <Figure label={t.statistics.finished} value={String(data.finished)} />
            <Figure
              label={t.statistics.encoded}
              value={data.seconds ? `${Math.min(100, Math.round((100 * encoded) / data.seconds))} %` : "–"}
              hint={t.statistics.encodedHint(duration(data.encoded.video), duration(data.encoded.audio))}
            />
          </dl>
        )}
      </Card>
      {data && data.seconds === 0 && data.finished === 0 && (
        <p className="text-muted">{t.statistics.nothing}</p>
      )}
      {data && data.seconds > 0 && (
        <>
          <Plot
            title={t.statistics.days}
            axis={t.statistics.day}
            bars={data.days.map(({ day, seconds }) => ({ name: formatDate(day), seconds }))}
          />
          <Plot
            title={t.statistics.hours}
            axis={t.statistics.hour}
            bars={data.hours.map((seconds, hour) => ({
              name: `${String(hour).padStart(2, "0")}:00`,
              seconds,
            }))}
          />
        </>
      )}
      {data && data.titles.length > 0 && (
        <Card title={t.statistics.titles}>
          <Values
            axis={t.statistics.name}
            rows={data.titles.map(({ show, seconds, finished }) => ({
              key: show.id,
              name: (
                <Link
                  to={show.kind === "movie" ? "/movies/$slug" : "/series/$slug"}
                  params={{ slug: show.slug }}
                  className="hover:text-accent-text hover:underline"
                >
                  {show.name}
                </Link>
              ),
              seconds,
              finished,
            }))}
          />
        </Card>
      )}
      {data?.users && data.users.length > 0 && (
        <Card title={t.statistics.users}>
          <Values
            axis={t.statistics.name}
            rows={data.users.map(({ id, username, seconds, finished }) => ({
              key: id,
              name: username ?? t.statistics.unknown,
              seconds,
              finished,
            }))}
          />
        </Card>
      )}
    </>
  );
}
