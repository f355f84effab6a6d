/** The addresses without the top bar: the player, and the ways in. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root, search } from "./frame";

const watch = createRoute({
  getParentRoute: () => root,
  path: "/watch/$slug",
  validateSearch: search("t"),
  component: lazyRouteComponent(() => import("~/routes/watch"), "Watch"),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: search("next", "again"),
  component: lazyRouteComponent(() => import("~/routes/login"), "Login"),
});

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  validateSearch: search("next", "invitation"),
  component: lazyRouteComponent(() => import("~/routes/register"), "Register"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  validateSearch: search("token"),
  component: lazyRouteComponent(() => import("~/routes/reset"), "Reset"),
});

const device = createRoute({
  getParentRoute: () => root,
  path: "/device",
  validateSearch: search("code"),
  component: lazyRouteComponent(() => import("~/routes/device"), "Device"),
});

const oidcCallback = createRoute({
  getParentRoute: () => root,
  path: "/oidc-callback",
  validateSearch: search("provider", "token", "error", "link", "tenant"),
  component: lazyRouteComponent(() => import("~/routes/oidc"), "OidcCallback"),
});

export const outsideRoutes = [watch, login, register, reset, device, oidcCallback] as const;
