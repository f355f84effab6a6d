/** Where the session token is kept: localStorage for fetch, the cookie for images, video and the websocket. */
const key = "token";
const oneYear = 365 * 24 * 3600;

export const getToken = () => localStorage.getItem(key);

function writeCookie(value: string, maxAge: number) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http.
  document.cookie = `X-Bearer=${value}; Path=/; Max-Age=${maxAge}; SameSite=Strict${secure}`;
}

export function setToken(token: string) {
  localStorage.setItem(key, token);
  writeCookie(token, oneYear);
}

export function clearToken() {
  localStorage.removeItem(key);
  writeCookie("", 0);
}

/** Renews the cookie at start: browsers cap the age of cookies set by scripts, localStorage they keep. */
export function restoreCookie() {
  const token = getToken();
  if (token) writeCookie(token, oneYear);
}
