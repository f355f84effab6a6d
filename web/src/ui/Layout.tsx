/** The frame of every page but the player and the log-in forms: top bar, and on phones a bar at the bottom. */
import { Link, Navigate, Outlet, useLocation, useNavigate, useRouterState } from "@tanstack/react-router";
import {
  Bookmark,
  Compass,
  Hourglass,
  House,
  LogIn,
  LogOut,
  Search,
  Settings,
  ShieldCheck,
  UserRound,
  X,
} from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { logOut } from "~/api/login";
import type { User } from "~/api/models/accounts";
import { administers, mustSecure, useAdmitted, useMe, waits } from "~/api/users";
import { t } from "~/lib/strings";
import { DevicesMenu } from "~/ui/account/DevicesMenu";
import { useHeroPresent } from "~/ui/shows/Hero";
import { Avatar } from "./Avatar";
import { Logo } from "./Logo";
import { Menu, MenuItem } from "./Menu";
import { Empty } from "./states";

function useScrolled(distance: number): boolean {
  const [scrolled, setScrolled] = useState(false);
  useEffect(() => {
    const check = () => setScrolled(window.scrollY > distance);
    check();
    window.addEventListener("scroll", check, { passive: true });
    return () => window.removeEventListener("scroll", check);
  }, [distance]);
  return scrolled;
}

function SearchBox({ onHero }: { onHero: boolean }) {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const onBrowse = useLocation({ select: (location) => location.pathname === "/browse" });
  // Other pages have searches of their own in the address.
  const query = useRouterState({
    select: ({ location }) =>
      location.pathname === "/browse" ? ((location.search as { q?: string }).q ?? "") : "",
  });
  const [text, setText] = useState(query);
  const sent = useRef(query);

  // Back and forward change the address under us; our own typing must not be overwritten by its echo.
  useEffect(() => {
    if (query !== sent.current) {
      sent.current = query;
      setText(query);
    }
  }, [query]);

  useEffect(() => {
    const focusOnSlash = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || target.closest("input, textarea, select"))
        return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", focusOnSlash);
    return () => document.removeEventListener("keydown", focusOnSlash);
  }, []);

  const go = (q: string) => {
    sent.current = q;
    void navigate({
      to: "/browse",
      search: (old) => ({ ...(onBrowse ? old : {}), q: q || undefined }),
      replace: onBrowse,
    });
  };

  useEffect(() => {
    if (text === sent.current) return;
    if (!onBrowse && !text.trim()) return;
    const timer = setTimeout(() => go(text), onBrowse ? 180 : 350);
    return () => clearTimeout(timer);
  });

  return (
    <search className="relative min-w-0 flex-1 md:max-w-md">
      <Search
        aria-hidden="true"
        className={`pointer-events-none absolute left-3.5 top-1/2 z-10 size-4.5 -translate-y-1/2 ${onHero ? "text-white/80" : "text-muted"}`}
      />
      <input
        ref={input}
        type="search"
        value={text}
        aria-label={t.nav.search}
        placeholder={t.nav.search}
        data-testid="search"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(text);
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        className={`h-10 w-full rounded-full pl-10.5 pr-10 text-[0.95rem] font-semibold transition-colors [&::-webkit-search-cancel-button]:hidden
          ${onHero ? "bg-white/15 text-white placeholder:text-white/75 backdrop-blur-md hover:bg-white/20" : "bg-raised placeholder:text-muted hover:bg-line"}`}
      />
      {text && (
        <button
          type="button"
          aria-label={t.browse.clearSearch}
          className="absolute inset-y-0 right-0 z-10 grid w-10 place-items-center"
          onClick={() => {
            setText("");
            if (onBrowse) go("");
          }}
        >
          <X className="size-4" />
        </button>
      )}
    </search>
  );
}

function NavLink({ to, icon, label, bar }: { to: string; icon: ReactNode; label: string; bar?: boolean }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === "/", includeSearch: false }}
      className={
        bar
          ? "flex flex-1 flex-col items-center gap-1 rounded-xl py-1.5 text-[0.7rem] font-bold text-muted aria-[current=page]:text-accent-text [&_svg]:size-5.5"
          : "rounded-full px-4 py-2 text-[0.95rem] font-bold opacity-80 transition hover:opacity-100 aria-[current=page]:bg-accent aria-[current=page]:text-white aria-[current=page]:opacity-100 [&_svg]:hidden"
      }
    >
      {icon}
      {label}
    </Link>
  );
}

function AccountMenu({ user }: { user: User | null }) {
  const navigate = useNavigate();
  return (
    <Menu
      label={t.nav.account}
      trigger={
        user ? (
          <Avatar user={user} />
        ) : (
          <span className="grid size-10 place-items-center rounded-full bg-raised text-ink">
            <UserRound className="size-5" />
          </span>
        )
      }
      triggerClass="block rounded-full"
      testId="account-menu"
    >
      {user && (
        <div className="border-b border-line px-3 pb-2.5 pt-1.5 mb-1.5">
          <div className="truncate font-bold">{user.username}</div>
          <div className="truncate text-xs text-muted">{user.email}</div>
        </div>
      )}
      <MenuItem onSelect={() => void navigate({ to: "/settings" })}>
        <Settings /> {t.nav.settings}
      </MenuItem>
      {administers(user) && (
        <MenuItem onSelect={() => void navigate({ to: "/admin" })}>
          <ShieldCheck /> {t.nav.admin}
        </MenuItem>
      )}
      {user ? (
        <MenuItem onSelect={() => void logOut()} data-testid="logout">
          <LogOut /> {t.nav.logOut}
        </MenuItem>
      ) : (
        <MenuItem onSelect={() => void navigate({ to: "/login" })}>
          <LogIn /> {t.nav.logIn}
        </MenuItem>
      )}
    </Menu>
  );
}

export function Layout() {
  const me = useMe();
  const admitted = useAdmitted();
  const inSecurity = useLocation({ select: (location) => location.pathname === "/settings/security" });
  const locked = mustSecure(me) && !inSecurity;
  const inSettings = useLocation({ select: (location) => location.pathname.startsWith("/settings") });
  const page = () => {
    if (locked) return <Navigate to="/settings/security" replace />;
    if (waits(me) && !inSettings) {
      return <Empty alone icon={<Hourglass />} title={t.register.waiting} hint={t.register.waitingHint} />;
    }
    return admitted && <Outlet />;
  };
  const scrolled = useScrolled(40);
  const onHero = useHeroPresent() && !scrolled;
  const links: { to: string; icon: ReactNode; label: string }[] = [
    { to: "/", icon: <House />, label: t.nav.home },
    { to: "/browse", icon: <Compass />, label: t.nav.browse },
    { to: "/profile", icon: <Bookmark />, label: t.nav.mine },
  ];
  if (administers(me)) links.push({ to: "/admin", icon: <ShieldCheck />, label: t.nav.admin });

  return (
    <>
      <a
        href="#content"
        className="fixed left-4 top-2 z-[80] -translate-y-20 rounded-full bg-accent px-5 py-3 font-bold text-white focus:translate-y-0"
      >
        {t.nav.skip}
      </a>
      <header
        className={`sticky top-0 z-40 flex h-16 items-center gap-3 gutter transition-colors duration-200 md:gap-5
          ${onHero ? "text-white" : "border-b border-line/60 bg-canvas/85 backdrop-blur-xl"}`}
      >
        <Link
          to="/"
          aria-label={`${t.brand}: ${t.nav.home}`}
          className="shrink-0 rounded-lg max-sm:[&_.font-display]:hidden"
        >
          <Logo />
        </Link>
        <nav aria-label={t.nav.main} className="hidden gap-1 md:flex">
          {links.map((link) => (
            <NavLink key={link.to} {...link} />
          ))}
        </nav>
        <div className="flex flex-1 justify-end">
          <SearchBox onHero={onHero} />
        </div>
        {me && <DevicesMenu />}
        <AccountMenu user={me} />
      </header>
      <main id="content" tabIndex={-1} className="min-h-[80vh] pb-28 outline-none md:pb-16">
        {page()}
      </main>
      <nav
        aria-label={t.nav.main}
        className="fixed inset-x-0 bottom-0 z-40 flex border-t border-line/60 bg-canvas/90 px-2 pt-1 pb-[max(0.25rem,env(safe-area-inset-bottom))] backdrop-blur-xl md:hidden"
      >
        {links.map((link) => (
          <NavLink key={link.to} {...link} bar />
        ))}
      </nav>
    </>
  );
}
