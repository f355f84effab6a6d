/** What this screen is called, among those of its reader. */

const key = "device";

const randomId = () =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Of this tab: it stays when the page is loaded again. */
export function deviceId(): string {
  const known = sessionStorage.getItem(key);
  if (known) return known;
  const made = randomId();
  sessionStorage.setItem(key, made);
  return made;
}

const first = (text: string, names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(text))?.[1];

/** "Firefox, Android": as a person would tell their screens apart. */
export function deviceName(agent: string): string {
  const browser = first(agent, [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrom(e|ium)\//, "Chrome"],
    [/Safari\//, "Safari"],
  ]);
  const system = first(agent, [
    [/Android/, "Android"],
    [/iPhone|iPad/, "iOS"],
    [/Windows/, "Windows"],
    [/Mac OS/, "macOS"],
    [/CrOS/, "ChromeOS"],
    [/Linux/, "Linux"],
  ]);
  return [browser, system].filter(Boolean).join(", ") || "?";
}

export const thisDevice = () => ({ id: deviceId(), name: deviceName(navigator.userAgent), client: "web" });
