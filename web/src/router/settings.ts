/** The addresses of the reader's settings. */
import { createRoute } from "@tanstack/react-router";
import { frame, search } from "./frame";
import { page } from "./page";

const settings = createRoute({
  getParentRoute: () => frame,
  path: "/settings",
  component: page(() => import("~/routes/settings/frame"), "SettingsFrame"),
});

const settingsGeneral = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: page(() => import("~/routes/settings/general"), "General"),
});

const settingsAccount = createRoute({
  getParentRoute: () => settings,
  path: "/account",
  component: page(() => import("~/routes/settings/account"), "Account"),
});

const settingsSecurity = createRoute({
  getParentRoute: () => settings,
  path: "/security",
  component: page(() => import("~/routes/settings/security"), "Security"),
});

const settingsDevices = createRoute({
  getParentRoute: () => settings,
  path: "/devices",
  component: page(() => import("~/routes/settings/devices"), "Devices"),
});

const settingsTrackers = createRoute({
  getParentRoute: () => settings,
  path: "/trackers",
  validateSearch: search("tracker", "result"),
  component: page(() => import("~/routes/settings/trackers"), "Trackers"),
});

const settingsStatistics = createRoute({
  getParentRoute: () => settings,
  path: "/statistics",
  component: page(() => import("~/routes/settings/statistics"), "MyStatistics"),
});

const settingsImports = createRoute({
  getParentRoute: () => settings,
  path: "/imports",
  component: page(() => import("~/routes/settings/imports"), "Imports"),
});

export const settingsRoutes = settings.addChildren([
  settingsGeneral,
  settingsAccount,
  settingsSecurity,
  settingsDevices,
  settingsTrackers,
  settingsStatistics,
  settingsImports,
]);
