/** The frames of the websocket. Made by `make types`. */

export interface CatalogueEvent {
  action: "event";
  id: string;
  at: string;
  topic: "catalogue";
  type: "added" | "changed" | "removed";
  /**
   * @maxItems 100
   */
  items: Item[];
  more?: true | null;
}
/**
 * `fields`: what was changed of it, when that is known.
 */
export interface Item {
  kind: "movie" | "serie" | "collection" | "studio" | "staff";
  id: string;
  slug: string;
  fields?: string[] | null;
}
/**
 * What time it is: `sent` is given back.
 */
export interface Clock {
  action: "clock";
  sent: number;
}
/**
 * Have another device of the same user do something, or everybody in a room; what it takes beside a name are
 * members of the command. `version`: the state of the room that it is meant for.
 */
export interface Command {
  action: "command";
  device?: string | null;
  room?: string | null;
  version?: number | null;
  command: Ordered;
}
export interface Ordered {
  name:
    | "play"
    | "pause"
    | "resume"
    | "seek"
    | "rate"
    | "stop"
    | "next"
    | "volume"
    | "audio"
    | "subtitle"
    | "message";
  position?: number | null;
  rate?: number | null;
  [k: string]: unknown;
}
/**
 * A command is on its way, or a state known.
 */
export interface Delivered {
  action: "command" | "state";
  status?: 202;
}
/**
 * What a device calls itself. One that comes back under the same `id` is the same; by default it is its socket.
 */
export interface Device {
  id?: string | null;
  name?: string | null;
  client?: string | null;
}
export interface DeviceOf {
  id: string;
  name?: string | null;
  client?: string | null;
}
export interface DevicesEvent {
  action: "event";
  id: string;
  at: string;
  topic: "devices";
  type: "online" | "offline" | "command" | "state";
  device: DeviceOf;
  command?: {
    [k: string]: unknown;
  } | null;
  state?: {
    [k: string]: unknown;
  } | null;
}
export interface Done {
  action?: "room";
  status?: 200;
}
export interface EntryOf {
  id: string;
  slug: string;
}
/**
 * What a report did: began a play, or went on with one.
 */
export interface HistoryCounts {
  created: number;
  updated: number;
  existing: number;
}
/**
 * What a member of a room does beside steering it. One of the four.
 */
export interface InRoom {
  action: "room";
  room: string;
  ready?: boolean | null;
  buffering?: boolean | null;
  chat?: string | null;
  reaction?: string | null;
}
export interface JobsEvent {
  action: "event";
  id: string;
  at: string;
  topic: "jobs";
  type: "queued" | "started" | "failed" | "ended";
  queue: string;
  task: string | null;
  waiting: number;
  running: number;
  failed: number;
}
/**
 * `here`: connected at present.
 */
export interface Member {
  id: string;
  name: string;
  guest: boolean;
  here: boolean;
  ready: boolean;
  buffering: boolean;
}
/**
 * A text by its key; of `session`, the session that has ended.
 */
export interface NoticesEvent {
  action: "event";
  id: string;
  at: string;
  topic: "notices";
  type: "notice" | "session";
  key: string;
  values: {
    [k: string]: unknown;
  };
  link?: string | null;
  session?: string | null;
}
export interface Ping {
  action: "ping";
}
export interface Reached {
  percent: number;
  time: number;
  playedDate: string | null;
  videoId: string | null;
}
/**
 * An action that was not done; without `action` when the message named none. Of a subscription, what is followed
 * all the same.
 */
export interface Refusal {
  action?: string | null;
  status: number;
  message: string;
  topics?: string[] | null;
  after?: string | null;
  state?: {
    [k: string]: unknown;
  } | null;
}
/**
 * Too much was missed of these topics, or it was too long ago: what they tell of is to be fetched anew.
 */
export interface Reload {
  action?: "reload";
  topics: string[];
}
/**
 * For the members of a room. `ended`: there is no such room any more; `removed`: a member whom the host has sent
 * away; `byId`: the member that said something.
 */
export interface RoomEvent {
  action: "event";
  id: string;
  at: string;
  topic: string;
  type: "member" | "state" | "chat" | "reaction";
  room: string;
  member?: Member | null;
  host?: string | null;
  state?: RoomState | null;
  video?: VideoOf | null;
  by?: string | null;
  byId?: string | null;
  text?: string | null;
  removed?: string | null;
  ended?: true | null;
}
/**
 * Playback stands at `position + (now − at) × rate`, unless it is paused. `waiting`: whom a play waits for.
 */
export interface RoomState {
  paused: boolean;
  position: number;
  rate: number;
  at: string;
  by: string;
  version: number;
  waiting: string[];
}
export interface VideoOf {
  id: string;
}
/**
 * How far the scanner is; of a failure, what failed.
 */
export interface ScanEvent {
  action: "event";
  id: string;
  at: string;
  topic: "scan";
  type: "started" | "progress" | "failed" | "ended";
  running?: boolean | null;
  found?: number | null;
  registered?: number | null;
  identified?: number | null;
  probed?: number | null;
  failed?: number | null;
  missing?: number | null;
  title?: string | null;
  path?: string | null;
  files?: number | null;
  reason?: string | null;
}
export interface ShowOf {
  id: string;
  slug: string;
  kind: "serie" | "movie" | "collection";
}
/**
 * What this device is doing, for the others of its user: any members.
 */
export interface State {
  action: "state";
  state: {
    [k: string]: unknown;
  };
}
/**
 * The room has this state from now on.
 */
export interface Steered {
  action?: "command";
  status?: 200;
  version: number;
}
/**
 * `stream` is a row of `/video/streams`.
 */
export interface StreamsEvent {
  action: "event";
  id: string;
  at: string;
  topic: "streams";
  type: "started" | "changed" | "ended";
  stream: {
    [k: string]: unknown;
  };
}
/**
 * The topics to receive; `after`: the newest event that is known. Whoever follows `devices` is one, which
 * `device` describes.
 */
export interface Subscribe {
  action: "subscribe";
  /**
   * @minItems 1
   * @maxItems 64
   */
  topics: string[];
  after?: string | null;
  device?: Device | null;
}
/**
 * All topics that are followed now; `after` is the newest of all events that were sent or never will be.
 */
export interface Subscribed {
  action?: "subscribe";
  status?: 200;
  topics: string[];
  after: string;
}
/**
 * What became of a write at a tracker: done there, waiting to be sent, or refused for good.
 */
export interface SyncResult {
  status: "synced" | "queued" | "failed";
  reason?: string | null;
  at?: string | null;
}
/**
 * The clock of the server, in milliseconds: when the question came, and when the answer went.
 */
export interface Told {
  action?: "clock";
  sent: number;
  received: number;
  replied: number;
}
export interface Unsubscribe {
  action: "unsubscribe";
  /**
   * @minItems 1
   * @maxItems 64
   */
  topics: string[];
}
/**
 * The topics that are still followed.
 */
export interface Unsubscribed {
  action?: "unsubscribe";
  status?: 200;
  topics: string[];
}
/**
 * How far a video has come: `entry` is an id or a slug, `time` seconds. Without a `state` it is guessed: what is
 * reported twice at the same time is paused.
 */
export interface Watch {
  action: "watch";
  entry: string;
  videoId: string;
  percent: number;
  time: number;
  state?: ("playing" | "paused" | "stopped") | null;
}
/**
 * `watchStatus` is null when the show is not in the list any more; `hiddenFrom` are rows of the home page. `device`
 * is what it is played on, of plays that a socket reports.
 */
export interface WatchEvent {
  action: "event";
  id: string;
  at: string;
  topic: "watch";
  type:
    "started" | "paused" | "resumed" | "stopped" | "progress" | "finished" | "status" | "score" | "hidden";
  show: ShowOf;
  entry: EntryOf | null;
  progress?: Reached | null;
  watchStatus?: {
    [k: string]: unknown;
  } | null;
  score?: number | null;
  hiddenFrom?: string[] | null;
  nextUp?: false | null;
  device?: DeviceOf | null;
}
export interface Watched {
  action?: "watch";
  status?: 201;
  inserted: number;
  history: HistoryCounts;
  sync?: {
    [k: string]: SyncResult;
  } | null;
}
