/** The pages of one area as a row of links; it scrolls sideways on small screens. */
import { Link, type LinkProps, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

export type Tab = { to: LinkProps["to"]; label: string; exact?: boolean };

export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const row = useRef<HTMLElement>(null);
  const path = useLocation({ select: (location) => location.pathname });
  const count = tabs.length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the current tab moves with the path, and as tabs appear.
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (!row.current || !current) return;
    // Not `scrollIntoView`, which would move the page as well.
    row.current.scrollLeft = current.offsetLeft - (row.current.clientWidth - current.offsetWidth) / 2;
  }, [path, count]);

  return (
    <nav ref={row} aria-label={label} className="no-scrollbar relative -mx-4 overflow-x-auto px-4">
      <div className="inline-flex gap-1 rounded-full bg-raised p-1">
        {tabs.map(({ to, label: text, exact = false }) => (
          <Link
            key={text}
            to={to}
            activeOptions={{ exact, includeSearch: false }}
            className="inline-flex h-9 items-center rounded-full px-4 text-sm font-bold whitespace-nowrap text-muted transition-colors hover:text-ink aria-[current=page]:bg-accent aria-[current=page]:text-white"
          >
            {text}
          </Link>
        ))}
      </div>
    </nav>
  );
}
