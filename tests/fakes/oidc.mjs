// The certified `oidc-provider` with its own pages for logging in and consenting. Run by oidc_providers.py:
// node oidc.mjs FOLDER PORT CLIENTS, where FOLDER holds node_modules and CLIENTS is JSON.
import { pathToFileURL } from "node:url";

const [folder, port, clients] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(`${folder}/node_modules/oidc-provider/lib/index.js`).href);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: JSON.parse(clients),
  cookies: { keys: ["of a test"] },
  claims: { openid: ["sub"], profile: ["preferred_username", "picture"], email: ["email", "email_verified"] },
  pkce: { required: () => true },
  // The name that somebody logs in with says what the account has.
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      preferred_username: id,
      ...(id.startsWith("nomail") ? {} : { email: `${id}@kyoo.test`, email_verified: true }),
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
