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
    servers: { jellyfin: "Jellyfin", plex: "Plex" },
    url: "Its address",
    token: "Your access token there",
    tokenHint: {
      jellyfin: "An access token of your account: an API key of the dashboard is of no user. It is not kept.",
      plex: "The X-Plex-Token of your account. It is not kept.",
    },
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
