/** What every address lies in: the root, and the frame of all pages that have the top bar. */
import { createRootRoute, createRoute, Outlet } from "@tanstack/react-router";
import { useLive } from "~/api/useLive";
import { useOrderedToPlay } from "~/ui/account/DevicesMenu";
import { Layout } from "~/ui/Layout";
import { NotFound } from "~/ui/states";
import { Toaster } from "~/ui/Toaster";

/** Takes these texts out of the query string. */
export const search =
  <Key extends string>(...keys: Key[]) =>
  (given: Record<string, unknown>): { [K in Key]?: string } => {
    const texts = keys.map((key) => [
      key,
      typeof given[key] === "string" && given[key] ? given[key] : undefined,
    ]);
    return Object.fromEntries(texts) as { [K in Key]?: string };
  };

function Root() {
  useLive();
  useOrderedToPlay();
  return (
    <>
      <Outlet />
      <Toaster />
    </>
  );
}

export const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
});

export const frame = createRoute({ getParentRoute: () => root, id: "frame", component: Layout });
