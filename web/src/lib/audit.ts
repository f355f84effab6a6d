/** The audit log in words. Pure. */

/** `session.ended_by_admin` → `Session ended by admin`. */
export function actionName(action: string): string {
  const words = action
    .replaceAll(/[._-]+/g, " ")
    .trim()
    .replace(/^api\b/, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `{permissions: ["a", "b"], note: null, by: "ada"}` → `permissions: a, b · by: ada`. */
export function detailText(details: Record<string, unknown>): string {
  const word = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(word).join(", ");
    return value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== undefined && word(value) !== "")
    .map(([name, value]) => `${name}: ${word(value)}`)
    .join(" · ");
}
