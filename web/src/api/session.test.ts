/** Tests of `session.ts`. */
import { beforeEach, expect, test, vi } from "vitest";
import { adoptOldSession, isLoggedIn, sessionId } from "./session";

const token = "a secret of eighty-six characters";
let page: { cookie: string };

/** A browser that keeps these. */
function kept(values: Record<string, string>): Record<string, string> {
  const methods = {
    getItem: (key: string) => (Object.keys(storage).includes(key) ? storage[key] : null),
    setItem: (key: string, value: string) => {
      storage[key] = value;
    },
    removeItem: (key: string) => Reflect.deleteProperty(storage, key),
  };
  const storage = Object.assign(Object.create(methods), values) as Record<string, string>;
  vi.stubGlobal("localStorage", storage);
  return storage;
}

beforeEach(() => {
  page = { cookie: "" };
  vi.stubGlobal("document", page);
});

test("who was logged in with an older release stays so, and no token stays", async () => {
  const storage = kept({ token, theme: "dark", "unsent progress": JSON.stringify({ token, items: [] }) });
  await adoptOldSession(async (given) => (given === token ? "one" : "none"));
  expect({ ...storage }).toEqual({
    session: "one",
    theme: "dark",
    "unsent progress": '{"session":"one","items":[]}',
  });
  expect(page.cookie).toMatch(/^X-Bearer=;.*Max-Age=0/);
  expect(sessionId()).toBe("one");
});

test("a server that does not answer is asked again the next time", async () => {
  const storage = kept({ token });
  const refused = adoptOldSession(() => Promise.reject(new Error("offline")));
  await expect(refused).rejects.toThrow();
  expect({ ...storage }).toEqual({ token });
});

test("nobody is nobody", async () => {
  kept({});
  await adoptOldSession(() => Promise.reject(new Error("nobody asks")));
  expect(isLoggedIn()).toBe(false);
});
