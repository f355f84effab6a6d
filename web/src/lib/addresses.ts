/** Addresses that come from outside (a link, the server's data): which of them may be followed. */

function parse(address: string | null | undefined): URL | null {
  try {
    const url = new URL(address ?? "", location.origin);
    // Of a blob: address, too, the origin is that of the page.
    return url.protocol === "http:" || url.protocol === "https:" ? url : null;
  } catch {
    return null;
  }
}

/** `address` in full when it is of this site, else null. Whole, as a path may look like the address of another host. */
export function ownAddress(address: string | null | undefined): string | null {
  const url = parse(address);
  return address && url?.origin === location.origin ? url.href : null;
}

/** Where to go on after logging in: only to a page of this site, else home. */
export const nextPage = (next: string | undefined) => ownAddress(next) ?? `${location.origin}/`;

/** A link to any site in full; undefined for what is no such link (`javascript:`, `data:`), or is relative. */
export function webLink(address: string | null | undefined): string | undefined {
  return address && /^https?:\/\//i.test(address.trim()) ? parse(address)?.href : undefined;
}
