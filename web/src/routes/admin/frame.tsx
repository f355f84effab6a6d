/** The frame of the administration: title, the tabs the reader may open, and the page that was chosen. */
import { Outlet } from "@tanstack/react-router";
import { administers, may, runsServer, useMe, useOffered } from "~/api/users";
import { t } from "~/lib/strings";
import { Allowed } from "~/ui/Allowed";
import { WaitingUsers } from "~/ui/admin/WaitingUsers";
import { PageTitle } from "~/ui/PageTitle";
import { type Tab, Tabs } from "~/ui/Tabs";

export function AdminFrame() {
  const me = useMe();
  const invitations = useOffered("/auth/invitations", may(me, "users.write"));
  const folders = useOffered("/api/libraries", may(me, "core.read"));
  const matching = useOffered("/scanner/matches?limit=1", may(me, "scanner.search"));
  const missing = useOffered("/api/missing?limit=1", may(me, "core.read"));
  const metadata = useOffered("/scanner/providers", may(me, "scanner.trigger"));
  const audit = useOffered("/auth/audit", may(me, "users.read"));
  const tracked = useOffered("/api/trackers/applications", may(me, "users.write") && may(me, "core.write"));
  const counted = useOffered("/api/statistics", may(me, "users.write") && may(me, "core.write"));
  const hooked = useOffered("/api/webhooks", may(me, "users.write") && may(me, "core.write"));
  const server = useOffered("/server/health", runsServer(me));
  const tabs: (Tab & { shown: boolean })[] = [
    { to: "/admin", label: t.admin.tabs.library, exact: true, shown: true },
    { to: "/admin/matching", label: t.admin.tabs.matching, shown: matching },
    { to: "/admin/libraries", label: t.admin.tabs.libraries, shown: folders },
    { to: "/admin/metadata", label: t.admin.tabs.metadata, shown: metadata },
    { to: "/admin/missing", label: t.admin.tabs.missing, shown: missing },
    { to: "/admin/streams", label: t.admin.tabs.streams, shown: may(me, "users.read") },
    { to: "/admin/statistics", label: t.statistics.title, shown: counted },
    { to: "/admin/users", label: t.admin.tabs.users, shown: may(me, "users.read") },
    { to: "/admin/invitations", label: t.admin.tabs.invitations, shown: invitations },
    { to: "/admin/keys", label: t.admin.tabs.keys, shown: may(me, "apikeys.read") },
    { to: "/admin/trackers", label: t.trackers.title, shown: tracked },
    { to: "/admin/webhooks", label: t.webhooks.title, shown: hooked },
    { to: "/admin/audit", label: t.admin.tabs.audit, shown: audit },
    { to: "/admin/server", label: t.admin.tabs.server, shown: server },
  ];
  return (
    <Allowed who={administers}>
      <div className="mx-auto flex max-w-5xl flex-col gap-5 px-4 pt-6">
        <PageTitle name={t.admin.title} />
        <h1 className="text-2xl font-extrabold tracking-tight md:text-3xl">{t.admin.title}</h1>
        <Tabs label={t.admin.title} tabs={tabs.filter((tab) => tab.shown)} />
        {may(me, "users.write") && may(me, "users.read") && <WaitingUsers />}
        <Outlet />
      </div>
    </Allowed>
  );
}
