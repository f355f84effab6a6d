/** Tests of `webauthn.ts`. */
import { expect, test } from "vitest";
import { fromBase64Url, parseCreation, parseRequest, toBase64Url } from "./webauthn";

test.each([
  ["", []],
  ["-_8", [251, 255]],
  ["AAECAw", [0, 1, 2, 3]],
])("reads and writes %s", (text, bytes) => {
  expect([...fromBase64Url(text)]).toEqual(bytes);
  expect(toBase64Url(new Uint8Array(bytes).buffer)).toBe(text);
});

test("options of the server become binary, the rest stays", () => {
  const options = {
    challenge: "AQI",
    rp: { id: "example.org" },
    user: { id: "Aw", name: "ada", displayName: "Ada" },
    excludeCredentials: [{ id: "BA", type: "public-key", transports: ["usb"] }],
  };
  expect(parseCreation(options)).toEqual({
    challenge: new Uint8Array([1, 2]),
    rp: { id: "example.org" },
    user: { id: new Uint8Array([3]), name: "ada", displayName: "Ada" },
    excludeCredentials: [{ id: new Uint8Array([4]), type: "public-key", transports: ["usb"] }],
  });
  expect(parseRequest({ challenge: "AQI", userVerification: "required" })).toEqual({
    challenge: new Uint8Array([1, 2]),
    userVerification: "required",
    allowCredentials: [],
  });
});
