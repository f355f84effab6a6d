/** An endless grid of posters that only draws the lines on screen. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Show } from "~/api/models/catalogue";
import { Spinner } from "~/ui/states";
import { PosterCard, PosterSkeleton } from "./PosterCard";

const gap = 20;
const captionHeight = 86;

/** Columns that fit: never fewer than three on a phone, about 185 pixels each elsewhere. */
export const columnsFor = (width: number) =>
  Math.max(width < 340 ? 2 : 3, Math.floor((width + gap) / (185 + gap)));

type Props = {
  shows: Show[];
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
};

export function PosterGrid({ shows, hasMore, loadingMore, loadMore }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ width: 0, top: 0 });

  useLayoutEffect(() => {
    const el = root.current;
    if (!el) return;
    const measure = () =>
      setBox({
        width: el.clientWidth,
        top: el.getBoundingClientRect().top + document.documentElement.scrollTop,
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    return () => observer.disconnect();
  }, []);

  const columns = columnsFor(box.width);
  const spacing = box.width < 640 ? 12 : gap;
  const cardWidth = (box.width - spacing * (columns - 1)) / columns;
  const lines = Math.ceil(shows.length / columns);
  const virtual = useWindowVirtualizer({
    count: box.width ? lines : 0,
    estimateSize: () => cardWidth * 1.5 + captionHeight,
    scrollMargin: box.top,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the estimate depends on the width.
  useEffect(() => virtual.measure(), [cardWidth]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && last >= lines - 3) loadMore();
  }, [hasMore, loadingMore, last, lines, loadMore]);

  return (
    <div ref={root}>
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((line) =>
          shows.slice(line.index * columns, (line.index + 1) * columns).map((show, column) => (
            <li
              key={show.id}
              className="absolute left-0 top-0"
              style={{
                width: cardWidth,
                transform: `translate(${column * (cardWidth + spacing)}px, ${line.start - virtual.options.scrollMargin}px)`,
              }}
            >
              <PosterCard show={show} width={cardWidth} />
            </li>
          )),
        )}
      </ul>
      {loadingMore && (
        <div className="grid place-items-center py-6">
          <Spinner />
        </div>
      )}
    </div>
  );
}

export const PosterGridSkeleton = () => (
  <div className="grid grid-cols-3 gap-3 sm:grid-cols-[repeat(auto-fill,minmax(185px,1fr))] sm:gap-5">
    {Array.from({ length: 18 }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity.
      <PosterSkeleton key={i} />
    ))}
  </div>
);
