/** The pages of one area as a row of links; it scrolls sideways on small screens. */
import { Link, type LinkProps } from "@tanstack/react-router";

export type Tab = { to: LinkProps["to"]; label: string; exact?: boolean };

export const Tabs = ({ label, tabs }: { label: string; tabs: Tab[] }) => (
  <nav aria-label={label} className="no-scrollbar -mx-4 overflow-x-auto px-4">
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
