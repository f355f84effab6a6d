/** The addresses of the administration. */
import { createRoute } from "@tanstack/react-router";
import { frame, search } from "./frame";
import { page } from "./page";

const admin = createRoute({
  getParentRoute: () => frame,
  path: "/admin",
  component: page(() => import("~/routes/admin/frame"), "AdminFrame"),
});

const adminLibrary = createRoute({
  getParentRoute: () => admin,
  path: "/",
  component: page(() => import("~/routes/admin/library"), "AdminLibrary"),
});

const adminMatch = createRoute({
  getParentRoute: () => admin,
  path: "/match/$videoId",
  validateSearch: search("q", "kind"),
  component: page(() => import("~/routes/admin/match"), "AdminMatch"),
});

const adminAdd = createRoute({
  getParentRoute: () => admin,
  path: "/add",
  validateSearch: search("q", "kind"),
  component: page(() => import("~/routes/admin/match"), "AdminAdd"),
});

const adminLibraries = createRoute({
  getParentRoute: () => admin,
  path: "/libraries",
  component: page(() => import("~/routes/admin/libraries"), "AdminLibraries"),
});

const adminMatching = createRoute({
  getParentRoute: () => admin,
  path: "/matching",
  component: page(() => import("~/routes/admin/matching"), "AdminMatching"),
});

const adminMissing = createRoute({
  getParentRoute: () => admin,
  path: "/missing",
  component: page(() => import("~/routes/admin/missing"), "AdminMissing"),
});

const adminMetadata = createRoute({
  getParentRoute: () => admin,
  path: "/metadata",
  component: page(() => import("~/routes/admin/metadata"), "AdminMetadata"),
});

const adminStreams = createRoute({
  getParentRoute: () => admin,
  path: "/streams",
  component: page(() => import("~/routes/admin/streams"), "AdminStreams"),
});

const adminUsers = createRoute({
  getParentRoute: () => admin,
  path: "/users",
  component: page(() => import("~/routes/admin/users"), "AdminUsers"),
});

const adminUser = createRoute({
  getParentRoute: () => admin,
  path: "/users/$id",
  component: page(() => import("~/routes/admin/user"), "AdminUser"),
});

const adminInvitations = createRoute({
  getParentRoute: () => admin,
  path: "/invitations",
  component: page(() => import("~/routes/admin/invitations"), "AdminInvitations"),
});

const adminKeys = createRoute({
  getParentRoute: () => admin,
  path: "/keys",
  component: page(() => import("~/routes/admin/keys"), "AdminKeys"),
});

const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  validateSearch: search("user", "action"),
  component: page(() => import("~/routes/admin/audit"), "AdminAudit"),
});

const adminServer = createRoute({
  getParentRoute: () => admin,
  path: "/server",
  component: page(() => import("~/routes/admin/server"), "AdminServer"),
});

const adminTrackers = createRoute({
  getParentRoute: () => admin,
  path: "/trackers",
  component: page(() => import("~/routes/admin/trackers"), "AdminTrackers"),
});

const adminWebhooks = createRoute({
  getParentRoute: () => admin,
  path: "/webhooks",
  component: page(() => import("~/routes/admin/webhooks"), "AdminWebhooks"),
});

const adminStatistics = createRoute({
  getParentRoute: () => admin,
  path: "/statistics",
  component: page(() => import("~/routes/admin/statistics"), "AdminStatistics"),
});

export const adminRoutes = admin.addChildren([
  adminLibrary,
  adminMatch,
  adminAdd,
  adminLibraries,
  adminMatching,
  adminMissing,
  adminMetadata,
  adminStreams,
  adminUsers,
  adminUser,
  adminInvitations,
  adminKeys,
  adminAudit,
  adminServer,
  adminTrackers,
  adminWebhooks,
  adminStatistics,
]);
