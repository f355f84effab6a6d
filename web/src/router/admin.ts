/** The addresses of the administration. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frame, search } from "./frame";

const admin = createRoute({
  getParentRoute: () => frame,
  path: "/admin",
  component: lazyRouteComponent(() => import("~/routes/admin/frame"), "AdminFrame"),
});

const adminLibrary = createRoute({
  getParentRoute: () => admin,
  path: "/",
  component: lazyRouteComponent(() => import("~/routes/admin/library"), "AdminLibrary"),
});

const adminMatch = createRoute({
  getParentRoute: () => admin,
  path: "/match/$videoId",
  validateSearch: search("q", "kind"),
  component: lazyRouteComponent(() => import("~/routes/admin/match"), "AdminMatch"),
});

const adminAdd = createRoute({
  getParentRoute: () => admin,
  path: "/add",
  validateSearch: search("q", "kind"),
  component: lazyRouteComponent(() => import("~/routes/admin/match"), "AdminAdd"),
});

const adminLibraries = createRoute({
  getParentRoute: () => admin,
  path: "/libraries",
  component: lazyRouteComponent(() => import("~/routes/admin/libraries"), "AdminLibraries"),
});

const adminMissing = createRoute({
  getParentRoute: () => admin,
  path: "/missing",
  component: lazyRouteComponent(() => import("~/routes/admin/missing"), "AdminMissing"),
});

const adminStreams = createRoute({
  getParentRoute: () => admin,
  path: "/streams",
  component: lazyRouteComponent(() => import("~/routes/admin/streams"), "AdminStreams"),
});

const adminUsers = createRoute({
  getParentRoute: () => admin,
  path: "/users",
  component: lazyRouteComponent(() => import("~/routes/admin/users"), "AdminUsers"),
});

const adminUser = createRoute({
  getParentRoute: () => admin,
  path: "/users/$id",
  component: lazyRouteComponent(() => import("~/routes/admin/user"), "AdminUser"),
});

const adminInvitations = createRoute({
  getParentRoute: () => admin,
  path: "/invitations",
  component: lazyRouteComponent(() => import("~/routes/admin/invitations"), "AdminInvitations"),
});

const adminKeys = createRoute({
  getParentRoute: () => admin,
  path: "/keys",
  component: lazyRouteComponent(() => import("~/routes/admin/keys"), "AdminKeys"),
});

const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  validateSearch: search("user", "action"),
  component: lazyRouteComponent(() => import("~/routes/admin/audit"), "AdminAudit"),
});

export const adminRoutes = admin.addChildren([
  adminLibrary,
  adminMatch,
  adminAdd,
  adminLibraries,
  adminMissing,
  adminStreams,
  adminUsers,
  adminUser,
  adminInvitations,
  adminKeys,
  adminAudit,
]);
