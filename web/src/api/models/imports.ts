/** What the reader brings from elsewhere, as JSON objects. No behaviour. */
import type * as wire from "../wire/api";

export type { Import } from "../wire/api";

export type ImportSource = wire.AskServer["source"];
