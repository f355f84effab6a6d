/** Short names for addresses. Pure. */

/** `Für Kinder` → `fur-kinder`; empty when nothing of it is a Latin letter or a digit. */
export const slugOf = (name: string) =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
