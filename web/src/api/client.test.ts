/** Tests of `client.ts`. */
import { expect, test } from "vitest";
import { errorDetails, errorMessage } from "./client";

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
