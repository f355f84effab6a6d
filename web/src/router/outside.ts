/** The addresses without the top bar: the player, and the ways in. */
import { createRoute } from "@tanstack/react-router";
import { queryClient } from "~/api/queries";
import * as videos from "~/api/videos";
import { root, search } from "./frame";
import { page } from "./page";

const watch = createRoute({
  getParentRoute: () => root,
  path: "/watch/$slug",
  validateSearch: search("t", "version"),
  loader: ({ params, cause }) => {
    // With the click, beside the code of the player; what was asked for before it would be old.
    if (cause !== "enter") return;
    void queryClient.prefetchQuery(videos.video(params.slug));
    void queryClient.prefetchQuery(videos.mediaInfo(params.slug));
  },
  component: page(() => import("~/routes/watch"), "Watch"),
});

const room = createRoute({
  getParentRoute: () => root,
  path: "/rooms/$room",
  validateSearch: search("link", "t"),
  component: page(() => import("~/routes/room"), "RoomPage"),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: search("next", "again"),
  component: page(() => import("~/routes/login"), "Login"),
});

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  validateSearch: search("next", "invitation"),
  component: page(() => import("~/routes/register"), "Register"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  validateSearch: search("token"),
  component: page(() => import("~/routes/reset"), "Reset"),
});

const device = createRoute({
  getParentRoute: () => root,
  path: "/device",
  validateSearch: search("code"),
  component: page(() => import("~/routes/device"), "Device"),
});

const oidcCallback = createRoute({
  getParentRoute: () => root,
  path: "/oidc-callback",
  validateSearch: search("provider", "token", "error", "link", "tenant"),
  component: page(() => import("~/routes/oidc"), "OidcCallback"),
});

export const outsideRoutes = [watch, room, login, register, reset, device, oidcCallback] as const;
