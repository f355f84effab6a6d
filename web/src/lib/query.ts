/** Builds query strings and the server's filter language. Pure. */
type Value = string | number | boolean | null | undefined | readonly string[];

/** `?a=1&b=x,y`; empty values are left out, lists are joined by commas. Empty string when nothing is left. */
export function queryString(parameters: Record<string, Value>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null || value === "") continue;
    const text = typeof value === "object" ? value.join(",") : String(value);
    if (text) search.set(name, text);
  }
  const result = search.toString();
  return result ? `?${result}` : "";
}

/** What a status filter compares with besides the statuses themselves. */
export const unseen = "unseen";

/** `status`: a watch status of the reader, or `unseen`. */
export type ShowFilter = { kind?: string; status?: string; genres?: readonly string[] };

/** `kind eq movie and genres has drama`; empty string when nothing is filtered. */
export function buildFilter({ kind, status, genres = [] }: ShowFilter): string {
  const clauses = genres.map((genre) => `genres has ${genre}`);
  if (status) clauses.unshift(status === unseen ? "watchStatus ne completed" : `watchStatus eq ${status}`);
  if (kind) clauses.unshift(`kind eq ${kind}`);
  return clauses.join(" and ");
}

/** The inverse of `buildFilter`. Clauses it does not know are kept in `rest`, so that hand-written links still work. */
export function parseFilter(filter: string): Required<ShowFilter> & { rest: string } {
  const result = { kind: "", status: "", genres: [] as string[], rest: "" };
  if (/\b(or|not)\b|[()'"]/.test(filter)) return { ...result, rest: filter };
  const others: string[] = [];
  for (const clause of filter.split(/\s+and\s+/).filter(Boolean)) {
    const [, property, operator, value] = /^\s*(\S+)\s+(eq|ne|has)\s+(\S+)\s*$/.exec(clause) ?? [];
    if (property === "kind" && operator === "eq" && value) result.kind = value;
    else if (property === "watchStatus" && operator === "eq" && value) result.status = value;
    else if (property === "watchStatus" && operator === "ne" && value === "completed") result.status = unseen;
    else if (property === "genres" && operator === "has" && value) result.genres.push(value);
    else others.push(clause.trim());
  }
  result.rest = others.join(" and ");
  return result;
}

export const joinFilters = (...filters: string[]) => filters.filter(Boolean).join(" and ");
