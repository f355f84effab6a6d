/** The audit log in words. Pure. */
import { t } from "~/lib/strings";

const subjects: Record<string, string> = t.audit.subjects;

/** `app_password.created` → `App password created`: the server names an action by what it was done to, then what. */
export function actionName(action: string): string {
  const [subject = "", ...rest] = action.split(".");
  const words = [subjects[subject] ?? subject, ...rest].join(" ").replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `{permissions: ["a", "b"], note: null, by: "ada"}` → `permissions: a, b · by: ada`. Ids say nothing to a reader. */
export function detailText(details: Record<string, unknown>): string {
  const word = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(word).join(", ");
    return value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return Object.entries(details)
    .filter(
      ([, value]) => value !== null && value !== undefined && word(value) !== "" && !id.test(word(value)),
    )
    .map(([name, value]) => `${name}: ${word(value)}`)
    .join(" · ");
}
