/** A titled row that scrolls sideways, with arrows for mice and snapping for fingers. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { Children, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { t } from "~/lib/strings";

const widths = {
  poster: "w-[clamp(7.6rem,29vw,11.75rem)]",
  wide: "w-[clamp(14.5rem,64vw,20rem)]",
  person: "w-[clamp(6.5rem,24vw,8.5rem)]",
};

type Props = { title: string; item: keyof typeof widths; action?: ReactNode; children: ReactNode };

export function Row({ title, item, action, children }: Props) {
  const track = useRef<HTMLUListElement>(null);
  const [edges, setEdges] = useState({ start: true, end: true });

  const measure = useCallback(() => {
    const el = track.current;
    if (!el) return;
    const start = el.scrollLeft < 8;
    const end = el.scrollLeft + el.clientWidth > el.scrollWidth - 8;
    setEdges((old) => (old.start === start && old.end === end ? old : { start, end }));
  }, []);

  const count = Children.count(children);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more children, more width.
  useEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (track.current) observer.observe(track.current);
    return () => observer.disconnect();
  }, [measure, count]);

  const scroll = (direction: number) =>
    track.current?.scrollBy({ left: direction * track.current.clientWidth * 0.85, behavior: "smooth" });

  const arrow = (label: string, direction: number, hidden: boolean) => (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={hidden}
      onClick={() => scroll(direction)}
      className="hidden size-9 place-items-center rounded-full bg-raised transition hover:bg-line disabled:opacity-35 hoverable:grid"
    >
      {direction < 0 ? <ChevronLeft className="size-5" /> : <ChevronRight className="size-5" />}
    </button>
  );

  return (
    <section aria-label={title} className="animate-fade">
      <div className="gutter mb-3 flex items-center gap-3">
        <h2 className="text-lg font-bold tracking-tight md:text-xl">{title}</h2>
        {action}
        {!(edges.start && edges.end) && (
          <div className="ml-auto flex gap-2">
            {arrow(t.common.previous, -1, edges.start)}
            {arrow(t.common.next, 1, edges.end)}
          </div>
        )}
      </div>
      <ul
        ref={track}
        onScroll={measure}
        className="no-scrollbar gutter flex snap-x snap-proximity gap-3.5 overflow-x-auto py-1.5 md:gap-5"
      >
        {Children.map(
          children,
          (child) => child && <li className={`shrink-0 snap-start ${widths[item]}`}>{child}</li>,
        )}
      </ul>
    </section>
  );
}
