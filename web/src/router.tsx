/** The address of every page, what it preloads, and the shape of its query string. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { queryClient } from "./api/queries";
import * as shows from "./api/shows";
import { t } from "./lib/strings";
import { Home } from "./routes/home";
import { ButtonLink } from "./ui/Button";
import { Layout } from "./ui/Layout";
import { Empty, Failure } from "./ui/states";
import { Toaster } from "./ui/Toaster";

type Search<Key extends string> = { [K in Key]?: string };

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

const Nothing = () => (
  <Empty alone icon={<Compass />} title={t.common.notFound} hint={t.common.notFoundHint}>
    <ButtonLink to="/">{t.common.goHome}</ButtonLink>
  </Empty>
);

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toaster />
    </>
  ),
  notFoundComponent: Nothing,
});

const frame = createRoute({ getParentRoute: () => root, id: "frame", component: Layout });

const home = createRoute({ getParentRoute: () => frame, path: "/", component: Home });

const browse = createRoute({
  getParentRoute: () => frame,
  path: "/browse",
  validateSearch: (search): Search<"filter" | "sort" | "q"> => ({
    filter: text(search.filter),
    sort: text(search.sort),
    q: text(search.q),
  }),
  component: lazyRouteComponent(() => import("./routes/browse"), "Browse"),
});

const movie = createRoute({
  getParentRoute: () => frame,
  path: "/movies/$slug",
  loader: ({ params }) => void queryClient.prefetchQuery(shows.movie(params.slug)),
  component: lazyRouteComponent(() => import("./routes/movie"), "MoviePage"),
});

const serie = createRoute({
  getParentRoute: () => frame,
  path: "/series/$slug",
  validateSearch: (search): Search<"season"> => ({ season: text(search.season) }),
  loader: ({ params }) => {
    void queryClient.prefetchQuery(shows.serie(params.slug));
    void queryClient.prefetchQuery(shows.seasons(params.slug));
  },
  component: lazyRouteComponent(() => import("./routes/serie"), "SeriePage"),
});

const collection = createRoute({
  getParentRoute: () => frame,
  path: "/collections/$slug",
  loader: ({ params }) => void queryClient.prefetchQuery(shows.collection(params.slug)),
  component: lazyRouteComponent(() => import("./routes/collection"), "CollectionPage"),
});

const staff = createRoute({
  getParentRoute: () => frame,
  path: "/staff/$slug",
  component: lazyRouteComponent(() => import("./routes/staff"), "StaffPage"),
});

const profile = createRoute({
  getParentRoute: () => frame,
  path: "/profile",
  validateSearch: (search): Search<"status"> => ({ status: text(search.status) }),
  component: lazyRouteComponent(() => import("./routes/profile"), "OwnProfile"),
});

const otherProfile = createRoute({
  getParentRoute: () => frame,
  path: "/profiles/$slug",
  validateSearch: (search): Search<"status"> => ({ status: text(search.status) }),
  component: lazyRouteComponent(() => import("./routes/profile"), "OtherProfile"),
});

const movieMapping = createRoute({
  getParentRoute: () => frame,
  path: "/movies/$slug/videos",
  component: lazyRouteComponent(() => import("./routes/mapping"), "MovieMapping"),
});

const serieMapping = createRoute({
  getParentRoute: () => frame,
  path: "/series/$slug/videos",
  component: lazyRouteComponent(() => import("./routes/mapping"), "SerieMapping"),
});

const movieRemap = createRoute({
  getParentRoute: () => frame,
  path: "/movies/$slug/remap",
  component: lazyRouteComponent(() => import("./routes/remap"), "MovieRemap"),
});

const serieRemap = createRoute({
  getParentRoute: () => frame,
  path: "/series/$slug/remap",
  component: lazyRouteComponent(() => import("./routes/remap"), "SerieRemap"),
});

const settings = createRoute({
  getParentRoute: () => frame,
  path: "/settings",
  component: lazyRouteComponent(() => import("./routes/settings/frame"), "SettingsFrame"),
});

const settingsGeneral = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("./routes/settings/general"), "General"),
});

const settingsAccount = createRoute({
  getParentRoute: () => settings,
  path: "/account",
  component: lazyRouteComponent(() => import("./routes/settings/account"), "Account"),
});

const settingsSecurity = createRoute({
  getParentRoute: () => settings,
  path: "/security",
  component: lazyRouteComponent(() => import("./routes/settings/security"), "Security"),
});

const settingsDevices = createRoute({
  getParentRoute: () => settings,
  path: "/devices",
  component: lazyRouteComponent(() => import("./routes/settings/devices"), "Devices"),
});

const admin = createRoute({
  getParentRoute: () => frame,
  path: "/admin",
  component: lazyRouteComponent(() => import("./routes/admin/frame"), "AdminFrame"),
});

const adminLibrary = createRoute({
  getParentRoute: () => admin,
  path: "/",
  component: lazyRouteComponent(() => import("./routes/admin/library"), "AdminLibrary"),
});

const adminMatch = createRoute({
  getParentRoute: () => admin,
  path: "/match/$videoId",
  validateSearch: (search): Search<"q" | "kind"> => ({
    q: text(search.q),
    kind: text(search.kind),
  }),
  component: lazyRouteComponent(() => import("./routes/admin/match"), "AdminMatch"),
});

const adminAdd = createRoute({
  getParentRoute: () => admin,
  path: "/add",
  validateSearch: (search): Search<"q" | "kind"> => ({
    q: text(search.q),
    kind: text(search.kind),
  }),
  component: lazyRouteComponent(() => import("./routes/admin/match"), "AdminAdd"),
});

const adminLibraries = createRoute({
  getParentRoute: () => admin,
  path: "/libraries",
  component: lazyRouteComponent(() => import("./routes/admin/libraries"), "AdminLibraries"),
});

const adminMissing = createRoute({
  getParentRoute: () => admin,
  path: "/missing",
  component: lazyRouteComponent(() => import("./routes/admin/missing"), "AdminMissing"),
});

const adminStreams = createRoute({
  getParentRoute: () => admin,
  path: "/streams",
  component: lazyRouteComponent(() => import("./routes/admin/streams"), "AdminStreams"),
});

const adminUsers = createRoute({
  getParentRoute: () => admin,
  path: "/users",
  component: lazyRouteComponent(() => import("./routes/admin/users"), "AdminUsers"),
});

const adminUser = createRoute({
  getParentRoute: () => admin,
  path: "/users/$id",
  component: lazyRouteComponent(() => import("./routes/admin/user"), "AdminUser"),
});

const adminInvitations = createRoute({
  getParentRoute: () => admin,
  path: "/invitations",
  component: lazyRouteComponent(() => import("./routes/admin/invitations"), "AdminInvitations"),
});

const adminKeys = createRoute({
  getParentRoute: () => admin,
  path: "/keys",
  component: lazyRouteComponent(() => import("./routes/admin/keys"), "AdminKeys"),
});

const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  validateSearch: (search): Search<"user" | "action"> => ({
    user: text(search.user),
    action: text(search.action),
  }),
  component: lazyRouteComponent(() => import("./routes/admin/audit"), "AdminAudit"),
});

const edit = createRoute({
  getParentRoute: () => frame,
  path: "/edit/$kind/$slug",
  component: lazyRouteComponent(() => import("./routes/edit"), "EditPage"),
});

/** Inside the frame, so that whoever is lost can go on. */
const nothing = createRoute({ getParentRoute: () => frame, path: "$", component: Nothing });

const info = createRoute({
  getParentRoute: () => frame,
  path: "/info/$slug",
  component: lazyRouteComponent(() => import("./routes/info"), "Info"),
});

const watch = createRoute({
  getParentRoute: () => root,
  path: "/watch/$slug",
  validateSearch: (search): Search<"t"> => ({ t: text(search.t) }),
  component: lazyRouteComponent(() => import("./routes/watch"), "Watch"),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search): Search<"next" | "again"> => ({
    next: text(search.next),
    again: text(search.again),
  }),
  component: lazyRouteComponent(() => import("./routes/login"), "Login"),
});

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  validateSearch: (search): Search<"next" | "invitation"> => ({
    next: text(search.next),
    invitation: text(search.invitation),
  }),
  component: lazyRouteComponent(() => import("./routes/register"), "Register"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  validateSearch: (search): Search<"token"> => ({
    token: text(search.token),
  }),
  component: lazyRouteComponent(() => import("./routes/reset"), "Reset"),
});

const device = createRoute({
  getParentRoute: () => root,
  path: "/device",
  validateSearch: (search): Search<"code"> => ({
    code: text(search.code),
  }),
  component: lazyRouteComponent(() => import("./routes/device"), "Device"),
});

const oidcCallback = createRoute({
  getParentRoute: () => root,
  path: "/oidc-callback",
  validateSearch: (search): Search<"provider" | "token" | "error" | "link" | "tenant"> => ({
    provider: text(search.provider),
    token: text(search.token),
    error: text(search.error),
    link: text(search.link),
    tenant: text(search.tenant),
  }),
  component: lazyRouteComponent(() => import("./routes/oidc"), "OidcCallback"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    frame.addChildren([
      home,
      browse,
      movie,
      movieMapping,
      movieRemap,
      serie,
      serieMapping,
      serieRemap,
      collection,
      staff,
      profile,
      otherProfile,
      settings.addChildren([settingsGeneral, settingsAccount, settingsSecurity, settingsDevices]),
      admin.addChildren([
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
      ]),
      edit,
      info,
      nothing,
    ]),
    watch,
    login,
    register,
    reset,
    device,
    oidcCallback,
  ]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => (
    <Failure error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
  ),
  // Plain `a=b` strings: other clients of the server write and read the same addresses.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    const result = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return result && `?${result}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
