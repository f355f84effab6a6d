/** Tests of `permissions.ts`. */
import { expect, test } from "vitest";
import { choices, permissions, roleOf } from "./permissions";

test.each([
  [["core.play", "core.read"], "viewer"],
  [["core.read", "core.play", "core.play"], "viewer"],
  [[...permissions].reverse(), "administrator"],
  [["core.read"], null],
  [[], null],
  [["core.read", "core.play", "users.read"], null],
])("%j is the role %s", (held, role) => expect(roleOf(held)).toBe(role));

test("unknown permissions can be chosen once somebody holds them", () => {
  expect(choices(["core.read", "photos.read"])).toEqual([...permissions, "photos.read"]);
});
