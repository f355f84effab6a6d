/** The frame of the reader's settings: title, tabs, and the page that was chosen. */
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";
import { isLoggedIn } from "~/api/session";
import { may, mustSecure, useMe, useOffered } from "~/api/users";
import { t } from "~/lib/strings";
import { PageTitle } from "~/ui/PageTitle";
import { Tabs } from "~/ui/Tabs";

export function SettingsFrame() {
  const me = useMe();
  const tracked = useOffered("/api/profiles/me/trackers", may(me, "core.read"));
  const counted = useOffered("/api/profiles/me/statistics", may(me, "core.read"));
  const brings = useOffered("/api/profiles/me/imports", may(me, "core.read"));
  const general = useLocation({ select: ({ pathname }) => pathname === "/settings" });
  // All others are about an account.
  if (!isLoggedIn() && !general) return <Navigate to="/settings" replace />;
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-5 px-4 pt-6">
      <PageTitle name={t.settings.title} />
      <h1 className="text-2xl font-extrabold tracking-tight md:text-3xl">{t.settings.title}</h1>
      {mustSecure(me) ? (
        <div role="alert" className="flex gap-3.5 rounded-3xl bg-warn/12 p-5 text-warn">
          <ShieldAlert className="mt-0.5 size-6 shrink-0" aria-hidden="true" />
          <div>
            <p className="font-bold">{t.security.required}</p>
            <p className="mt-1 text-sm font-semibold">{t.security.requiredHint}</p>
          </div>
        </div>
      ) : (
        me && (
          <Tabs
            label={t.settings.title}
            tabs={[
              { to: "/settings", label: t.settings.tabs.general, exact: true },
              { to: "/settings/account", label: t.settings.tabs.account },
              { to: "/settings/security", label: t.settings.tabs.security },
              { to: "/settings/devices", label: t.settings.tabs.devices },
              ...(tracked ? [{ to: "/settings/trackers" as const, label: t.trackers.title }] : []),
              ...(counted ? [{ to: "/settings/statistics" as const, label: t.statistics.title }] : []),
              ...(brings ? [{ to: "/settings/imports" as const, label: t.imports.title }] : []),
            ]}
          />
        )
      )}
      <Outlet />
    </div>
  );
}
