/** Tests of `queries.ts`. */
import { MutationObserver } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { ApiError } from "./client";
import { queryClient } from "./queries";

afterEach(() => vi.unstubAllGlobals());

const fail = (error: Error) =>
  new MutationObserver(queryClient, {
    mutationFn: () => Promise.reject(error),
    meta: { shownInPlace: true },
  })
    .mutate()
    .catch(() => null);

test("what needs a fresh login leads to it, and back", async () => {
  const assign = vi.fn();
  vi.stubGlobal("location", { pathname: "/settings/security", assign });
  await fail(new ApiError(403, "Wrong code"));
  expect(assign).not.toHaveBeenCalled();
  await fail(new ApiError(403, "Log in again first", { freshLogin: true }));
  expect(assign).toHaveBeenCalledExactlyOnceWith("/login?again=true&next=%2Fsettings%2Fsecurity");
});
