/** Tests of `client.ts`. */
import { afterEach, expect, test, vi } from "vitest";
import { errorDetails, errorMessage, onRefusal, readerEndsSession } from "./client";

afterEach(() => void vi.unstubAllGlobals());

test.each([
  [404, '{"status":404,"message":"No such show"}', "No such show"],
  [422, '{"errors":["bad path","bad client"]}', "bad path bad client"],
  [403, '{"detail":"Missing permission"}', "Missing permission"],
  [403, '"plain json"', "plain json"],
  [500, "plain text", "plain text"],
  [404, "", "There is nothing at this address"],
  [403, '{"message":""}', "Your account may not do this"],
  [502, "<html>Bad gateway</html>", "Something went wrong (502)"],
])("words an error %d %s as %s", (status, body, message) => expect(errorMessage(status, body)).toBe(message));

test.each([
  ['{"status":403,"message":"","details":{"secondFactor":["totp"]}}', { secondFactor: ["totp"] }],
  ['{"status":403,"message":"","details":null}', {}],
  ["<html>", {}],
])("reads the details of %s", (body, details) => expect(errorDetails(body)).toEqual(details));

/** A page whose session is over; `whenForgotten` runs while its cookie is being cleared. */
function pageWithDeadSession(place: { pathname: string; search: string }, whenForgotten: () => void) {
  const assign = vi.fn();
  vi.stubGlobal("location", Object.assign(place, { protocol: "http:", port: "80", assign }));
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("localStorage", { getItem: () => "one", setItem: () => {}, removeItem: () => {} });
  vi.stubGlobal("fetch", async (url: string) => {
    if (url.endsWith("/cookie")) whenForgotten();
    return new Response("", { status: 401 });
  });
  return assign;
}

test("who comes to the login page is led back to where they were, although the page led elsewhere meanwhile", async () => {
  const place = { pathname: "/settings/account", search: "?a=1" };
  // As a page does that has nothing for guests.
  const assign = pageWithDeadSession(place, () =>
    Object.assign(place, { pathname: "/settings", search: "" }),
  );
  await onRefusal(401);
  await onRefusal(401);
  expect(assign.mock.calls).toEqual(Array(2).fill(["/login?next=%2Fsettings%2Faccount%3Fa%3D1"]));
});

test.each([
  ["before the refusal", () => readerEndsSession(true), () => {}],
  ["while the refusal is looked into", () => {}, () => readerEndsSession(true)],
])("who ends the session %s is not led back to where they were", async (_when, before, meanwhile) => {
  const assign = pageWithDeadSession({ pathname: "/settings/devices", search: "" }, meanwhile);
  before();
  await onRefusal(401);
  readerEndsSession(false);
  expect(assign).not.toHaveBeenCalled();
});
