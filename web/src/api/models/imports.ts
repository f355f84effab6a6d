/** What the reader brings from elsewhere, as JSON objects. No behaviour. */
import type * as wire from "../wire/api";

export type { Import } from "../wire/api";

/** Only what is said. */
export type AskServer = Partial<wire.AskServer> & Pick<wire.AskServer, "source" | "url">;
