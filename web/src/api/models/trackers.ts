/** The reader's accounts at trackers, and the server's applications there, as JSON objects. No behaviour. */
import type * as wire from "../wire/api";

export type { ImportReport, Letter, TrackerApplication, TrackerItem as Tracker } from "../wire/api";

export type TrackerMode = wire.TrackerItem["mode"];
export type ImportRule = wire.SeedImport["rule"];
export type LinkFlow = wire.RedirectFlow | wire.DeviceFlow | wire.KeyFlow;
