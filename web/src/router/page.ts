/** Pages whose code is loaded when they are first opened, and what happens when it cannot be. */
import { lazyRouteComponent } from "@tanstack/react-router";
import { ApiError } from "~/api/client";
import { t } from "~/lib/strings";

const reachable = () =>
  fetch("/api/health", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );

/** The code of a page did not come, as the server is away. Browsers ask for it again only when the whole page is loaded anew. */
export class MissingPageError extends ApiError {
  constructor() {
    super(0, t.common.offline);
  }

  async retry() {
    if (await reachable()) location.reload();
  }
}

/** What a server that answers does not have is of an older release: the router loads everything anew, once. Without a
 * server that would leave nothing on the screen. */
async function explain(error: unknown): Promise<never> {
  throw (await reachable()) ? error : new MissingPageError();
}

// biome-ignore lint/suspicious/noExplicitAny: as the router declares it
export const page = <T extends Record<string, any>, Name extends keyof T>(
  load: () => Promise<T>,
  name: Name,
) => lazyRouteComponent(() => load().catch(explain), name);
