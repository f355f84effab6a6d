/** The addresses of the reader's settings. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frame } from "./frame";

const settings = createRoute({
  getParentRoute: () => frame,
  path: "/settings",
  component: lazyRouteComponent(() => import("~/routes/settings/frame"), "SettingsFrame"),
});

const settingsGeneral = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("~/routes/settings/general"), "General"),
});

const settingsAccount = createRoute({
  getParentRoute: () => settings,
  path: "/account",
  component: lazyRouteComponent(() => import("~/routes/settings/account"), "Account"),
});

const settingsSecurity = createRoute({
  getParentRoute: () => settings,
  path: "/security",
  component: lazyRouteComponent(() => import("~/routes/settings/security"), "Security"),
});

const settingsDevices = createRoute({
  getParentRoute: () => settings,
  path: "/devices",
  component: lazyRouteComponent(() => import("~/routes/settings/devices"), "Devices"),
});

export const settingsRoutes = settings.addChildren([
  settingsGeneral,
  settingsAccount,
  settingsSecurity,
  settingsDevices,
]);
