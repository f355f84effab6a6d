/** The router: all addresses together, and how they are read and written. */
import { createRouter } from "@tanstack/react-router";
import { Failure } from "~/ui/states";
import { adminRoutes } from "./admin";
import { frame, root } from "./frame";
import { libraryRoutes } from "./library";
import { outsideRoutes } from "./outside";
import { MissingPageError } from "./page";
import { settingsRoutes } from "./settings";

export const router = createRouter({
  routeTree: root.addChildren([
    frame.addChildren([...libraryRoutes, settingsRoutes, adminRoutes]),
    ...outsideRoutes,
  ]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => (
    <Failure
      error={error instanceof Error ? error : new Error(String(error))}
      retry={error instanceof MissingPageError ? () => void error.retry() : reset}
    />
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
