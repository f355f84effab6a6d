/** Bars, as a picture of a few lines of SVG, and a table of the same values for whoever does not see it. */
import { formatRuntime } from "~/lib/format";
import { t } from "~/lib/strings";
import { Card } from "~/ui/Field";

export const duration = (seconds: number) => formatRuntime(Math.round(seconds / 60)) || "0 min";

type Bar = { name: string; seconds: number };

const width = 600;
const height = 140;

export function Plot({ title, axis, bars }: { title: string; axis: string; bars: Bar[] }) {
  const most = Math.max(...bars.map(({ seconds }) => seconds), 1);
  const step = width / bars.length;
  const first = bars[0];
  const last = bars[bars.length - 1];
  return (
    <Card title={title}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={t.statistics.plot(title, duration(most))}
        className="w-full text-accent"
        preserveAspectRatio="none"
      >
        <line x1="0" y1={height} x2={width} y2={height} className="stroke-line" strokeWidth="2" />
        {bars.map(({ name, seconds }, i) => {
          const size = (seconds / most) * (height - 4);
          return (
            <rect
              key={name}
              x={i * step + step * 0.1}
              y={height - size}
              width={step * 0.8}
              height={size}
              fill="currentColor"
            >
              <title>{`${name}: ${duration(seconds)}`}</title>
            </rect>
          );
        })}
      </svg>
      <p className="mt-1 flex justify-between text-xs text-muted" aria-hidden="true">
        <span>{first?.name}</span>
        <span>{duration(most)}</span>
        <span>{last?.name}</span>
      </p>
      <details className="mt-3">
        <summary className="cursor-pointer text-sm font-semibold">{t.statistics.table}</summary>
        <Values axis={axis} rows={bars.map(({ name, seconds }) => ({ key: name, name, seconds }))} />
      </details>
    </Card>
  );
}

type Row = { key: string; name: React.ReactNode; seconds: number; finished?: number };

export function Values({ axis, rows }: { axis: string; rows: Row[] }) {
  const counted = rows.some(({ finished }) => finished !== undefined);
  return (
    <table className="mt-2 w-full text-left text-sm">
      <thead className="text-muted">
        <tr>
          <th scope="col" className="py-1 pr-4 font-semibold">
            {axis}
          </th>
          <th scope="col" className="py-1 pr-4 font-semibold">
            {t.statistics.time}
          </th>
          {counted && (
            <th scope="col" className="py-1 font-semibold">
              {t.statistics.finished}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, seconds, finished }) => (
          <tr key={key} className="border-t border-line">
            <th scope="row" className="py-1 pr-4 font-semibold break-words">
              {name}
            </th>
            <td className="py-1 pr-4 whitespace-nowrap">{duration(seconds)}</td>
            {counted && <td className="py-1">{finished}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
