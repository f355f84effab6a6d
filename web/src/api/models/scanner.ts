/** The scanner as JSON objects: how far it is, and what providers know. No behaviour. */
import type * as wire from "../wire/scanner";
import type { Lacking } from "./lacking";

export type ScanRequest = wire.Request;

/** Numbers of files. `missing` ones were there before, and are kept until they are given up. */
export type ScanProgress = Lacking<Required<wire.Progress>, "leftOut" | "unmatched">;

/** A title that a show may be. */
export type MatchCandidate = Required<wire.MatchCandidate>;

/** A show that stays named by its files, as nobody is sure which title it is. */
export type UnsureMatch = Omit<wire.UnsureMatch, "candidates"> & { candidates: MatchCandidate[] };

/** What a metadata provider knows under a name. */
export type SearchResult = wire.SearchResult &
  Required<Pick<wire.SearchResult, "description" | "externalId">>;

/** An order of episodes that a provider has. */
export type EpisodeOrder = Pick<wire.NamedOrder, "provider" | "order">;

export type EpisodeOrders = { items: wire.NamedOrder[]; chosen: Required<wire.ChosenOrder> | null };

/** A service that metadata comes from. */
export type Provider = Required<wire.ProviderState>;

export type ProviderStates = Omit<Required<wire.ProviderStates>, "items"> & { items: Provider[] };
