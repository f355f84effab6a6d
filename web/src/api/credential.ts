/** What a guest of a room was lent: it opens one video and its pictures, as part of their addresses. */
let lent: string | null = null;

export const lend = (signature: string | null) => {
  lent = signature;
};

/** An address of the server, with what was lent. */
export const signed = (url: string) =>
  lent === null ? url : `${url}${url.includes("?") ? "&" : "?"}x-presign=${encodeURIComponent(lent)}`;
