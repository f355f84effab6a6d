/** The texts of imports. */
export const importStrings = {
  imports: {
    title: "Bring along",
    hint: "What you watched elsewhere can be taken in: you see beforehand what it would change here. Titles that this library lacks are looked for every day from then on.",
    file: "From a file",
    choose: "File",
    fileHint:
      "The export of Trakt or Letterboxd (zip), of IMDb (CSV), of a server like this one (JSON), or a table (CSV).",
    bring: "Bring",
    brought: "It was read. Nothing is changed yet.",
    server: "From another server",
    source: "Server",
    roads: {
      jellyfin: "Jellyfin, by name and password",
      jellyfinToken: "Jellyfin, by an access token",
      plex: "Plex",
    },
    username: "Your name there",
    password: "Your password there",
    passwordHint: "It is used once, and not kept. The login ends when everything is read.",
    url: "Its address",
    token: "Your access token there",
    tokenHint: {
      jellyfinToken:
        "An access token of your account: an API key of the dashboard is of no user. It is not kept.",
      plex: "The X-Plex-Token of your account. It is not kept.",
    },
    household: "Bring along a whole Jellyfin",
    householdHint:
      "What the accounts there watched is read for users of this server. Each finds it under Settings, Bring along, and takes it themselves.",
    key: "A key of its administrator",
    keyHint: "An API key of its dashboard. It is not kept.",
    accounts: "Show its accounts",
    nobody: "Nobody",
    bringFor: (n: number) => `Bring it for ${n} ${n === 1 ? "user" : "users"}`,
    broughtFor: (n: number) => `It was read for ${n} ${n === 1 ? "user" : "users"}`,
    sources: {
      trakt: "Trakt",
      letterboxd: "Letterboxd",
      kyoo: "A server like this one",
      kyoo5: "Kyoo 5",
      csv: "A table",
      jellyfin: "Jellyfin",
      plex: "Plex",
    } as Record<string, string>,
    about: (name: string, when: string, titles: number, plays: number) =>
      `${name}, ${when}: ${titles} titles, ${plays} plays`,
    taken: (lacking: number) =>
      lacking > 0 ? `Taken in, but for ${lacking} titles that this library lacks` : "Taken in",
    rules: {
      merge: "Merge: what is lacking here is added",
      theirs: "Theirs: make these titles as they are there",
      ours: "Ours: only titles of which nothing is known here",
    },
    unmatched: "Titles that this library lacks",
    forget: "Forget it",
  },
};
