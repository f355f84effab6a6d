/** Whether somebody is logged in. The session is in a cookie that no script can read; its id, no secret, is kept here. */
const key = "session";
/** Where pages of older releases kept the token itself. */
const oldKey = "token";

export const sessionId = () => localStorage.getItem(key);

export const isLoggedIn = () => sessionId() !== null;

export const setSession = (id: string) => localStorage.setItem(key, id);

export const clearSession = () => localStorage.removeItem(key);

/**
 * Whoever was logged in with an older release stays so: `keep` puts their token into the cookie. What was kept for the
 * session goes along, and nothing holds the token any more.
 */
export async function adoptOldSession(keep: (token: string) => Promise<string>): Promise<void> {
  const token = localStorage.getItem(oldKey);
  if (!token) return;
  const id = await keep(token);
  for (const [name, value] of Object.entries(localStorage) as [string, string][])
    if (value.includes(token))
      localStorage.setItem(
        name,
        value.replace(`"token":"${token}"`, `"session":"${id}"`).replaceAll(token, id),
      );
  localStorage.removeItem(oldKey);
  setSession(id);
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http.
  document.cookie = "X-Bearer=; Path=/; Max-Age=0; SameSite=Strict";
}
