/** Tests of `users.ts`. */
import { afterEach, expect, test, vi } from "vitest";
import { everythingAboutMe } from "./users";

afterEach(() => vi.unstubAllGlobals());

test("an export holds what other services hold", async () => {
  const answers: Record<string, unknown> = {
    "/auth/users/me/export": {
      user: { id: "1" },
      elsewhere: { profile: "https://films.example/api/profile?all=1" },
    },
    "/api/profile?all=1": { history: [1, 2] },
  };
  vi.stubGlobal("localStorage", { getItem: () => null });
  vi.stubGlobal("location", { href: "https://tv.example/settings", origin: "https://tv.example" });
  vi.stubGlobal("fetch", async (url: string) =>
    Response.json(answers[url.replace("https://tv.example", "")]),
  );
  expect(await everythingAboutMe()).toEqual({
    user: { id: "1" },
    elsewhere: { profile: { history: [1, 2] } },
  });
});
