/** Which of the data on the screen is fetched anew when something happens elsewhere, and how often at most. */
import type { Query, QueryClient } from "@tanstack/react-query";
import type { Live, LiveEvent, Topic } from "./live";

/** A query is named by the beginning of its key. */
type Key = readonly string[];

/** What a topic tells of: fetched anew when it is not known what has happened. */
const ofTopic: Record<Topic, Key[]> = {
  watch: [
    ["movies"],
    ["series"],
    ["collections"],
    ["shows"],
    ["nextup"],
    ["history"],
    ["watchlist"],
    ["hidden"],
    ["recommendations"],
  ],
  catalogue: [
    ["movies"],
    ["series"],
    ["collections"],
    ["shows"],
    ["staff"],
    ["news"],
    ["nextup"],
    ["watchlist"],
    ["recommendations"],
    ["unmatched"],
    ["missing"],
  ],
  scan: [["scan"], ["unmatched"]],
  jobs: [],
  streams: [["streams"]],
  devices: [["devices"]],
  notices: [["sessions"], ["users"]],
};

const paths: Record<string, string> = {
  movie: "movies",
  serie: "series",
  collection: "collections",
  staff: "staff",
};

/** A list that has been scrolled through is fetched page by page: not for every picture that is ready. */
const manyPages = 3;
/** Milliseconds: to wait for what happens together, and between two requests for the same thing. */
const together = 100;
const apart = 1_000;
const apartForMany = 8_000;

/** What an event changes on the screen. */
export function keysOf(event: LiveEvent): Key[] {
  if (event.topic === "watch") {
    const show: Key[] = event.show ? [[paths[event.show.kind] ?? "", event.show.slug]] : [];
    switch (event.type) {
      case "started":
      case "paused":
      case "resumed":
      case "stopped":
      case "progress":
        return [...show, ["nextup"], ["history"]];
      case "hidden":
        return [["hidden"], ["nextup"], ["news"], ["recommendations"]];
      default:
        return [
          ...show,
          ["nextup"],
          ["history"],
          ["watchlist"],
          ["shows"],
          ["collections"],
          ["recommendations"],
        ];
    }
  }
  if (event.topic === "catalogue") {
    const items = (event.items ?? []).flatMap(({ kind, slug }) => (paths[kind] ? [[paths[kind], slug]] : []));
    const pictures = event.items?.every(({ fields }) => fields?.length === 1 && fields[0] === "pictures");
    if (pictures) return [...items, ["shows"], ["news"], ["nextup"]];
    return [
      ...items,
      ["shows"],
      ["collections"],
      ["news"],
      ["nextup"],
      ["watchlist"],
      ["unmatched"],
      ["missing"],
    ];
  }
  if (event.topic === "scan" && event.type === "failed") return [["scan"], ["unmatched"]];
  return ofTopic[event.topic];
}

const begins = (query: Query, key: Key) => key.every((part, i) => query.queryKey[i] === part);

/** The title that was picked by chance stays while it is looked at. */
const isPicked = (query: Query) => query.queryKey[0] === "shows" && query.queryKey[1] === "random";

const pagesOf = (query: Query) => (query.state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 1;

export class Refreshing {
  #waiting = new Map<string, Query>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly client: QueryClient) {}

  /** Follow what happens; what is given back ends that. */
  follow(live: Live): () => void {
    const end = live.listen({
      event: (event) => this.refresh(keysOf(event)),
      stale: (topics, since) =>
        this.refresh(
          topics.flatMap((topic) => ofTopic[topic] ?? []),
          since,
        ),
    });
    return () => {
      end();
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#waiting.clear();
    };
  }

  /** What nobody looks at is fetched when somebody does. `since`: what is newer is as it is. */
  refresh(keys: Key[], since = Number.POSITIVE_INFINITY) {
    for (const query of this.client.getQueryCache().getAll()) {
      if (isPicked(query) || !keys.some((key) => begins(query, key))) continue;
      if (query.state.dataUpdatedAt === 0 || query.state.dataUpdatedAt > since) continue;
      query.invalidate();
      if (query.isActive()) this.#waiting.set(query.queryHash, query);
    }
    if (this.#waiting.size) this.#timer ??= setTimeout(() => this.#fetch(), together);
  }

  #fetch() {
    this.#timer = undefined;
    const now = Date.now();
    for (const [hash, query] of this.#waiting) {
      const pause = pagesOf(query) > manyPages ? apartForMany : apart;
      if (!query.isActive()) this.#waiting.delete(hash);
      else if (query.state.fetchStatus === "idle" && now - query.state.dataUpdatedAt >= pause) {
        this.#waiting.delete(hash);
        void this.client.refetchQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false });
      }
    }
    if (this.#waiting.size) this.#timer = setTimeout(() => this.#fetch(), together);
  }
}
