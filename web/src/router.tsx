/** The address of every page, what it preloads, and the shape of its query string. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
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

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toaster />
    </>
  ),
  notFoundComponent: () => (
    <Empty title={t.common.notFound} hint={t.common.notFoundHint}>
      <ButtonLink to="/">{t.common.goHome}</ButtonLink>
    </Empty>
  ),
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
  component: lazyRouteComponent(() => import("./routes/profile"), "Profile"),
});

const settings = createRoute({
  getParentRoute: () => frame,
  path: "/settings",
  component: lazyRouteComponent(() => import("./routes/settings"), "Settings"),
});

const admin = createRoute({
  getParentRoute: () => frame,
  path: "/admin",
  component: lazyRouteComponent(() => import("./routes/admin"), "Admin"),
});

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
  validateSearch: (search): Search<"next"> => ({ next: text(search.next) }),
  component: lazyRouteComponent(() => import("./routes/login"), "Login"),
});

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  validateSearch: (search): Search<"next"> => ({ next: text(search.next) }),
  component: lazyRouteComponent(() => import("./routes/register"), "Register"),
});

const oidcCallback = createRoute({
  getParentRoute: () => root,
  path: "/oidc-callback",
  validateSearch: (search): Search<"provider" | "token" | "error"> => ({
    provider: text(search.provider),
    token: text(search.token),
    error: text(search.error),
  }),
  component: lazyRouteComponent(() => import("./routes/oidc"), "OidcCallback"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    frame.addChildren([home, browse, movie, serie, collection, staff, profile, settings, admin, info]),
    watch,
    login,
    register,
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
