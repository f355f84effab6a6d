/** Tests of `audit.ts`. */
import { expect, test } from "vitest";
import { actionName, detailText } from "./audit";

test.each([
  ["session.opened", "Session opened"],
  ["password_reset.link-made", "Password reset link made"],
  ["api_key.created", "API key created"],
  ["totp.removed", "Authenticator app removed"],
  ["", ""],
])("%s reads %s", (action, name) => expect(actionName(action)).toBe(name));

test.each([
  [{}, ""],
  [
    { permissions: ["a", "b"], note: null, revoked: [], by: "ada", n: 0 },
    "permissions: a, b · by: ada · n: 0",
  ],
  [{ user: "0256c34f-1c1c-4b53-9a2b-0123456789ab", how: "password" }, "how: password"],
  [{ change: { disabled: true } }, 'change: {"disabled":true}'],
])("%j reads %s", (details, text) => expect(detailText(details)).toBe(text));
