/**
 * What the server tells of what happens, over one socket of the page. Whoever asks the server again and again does so only
 * while this does not: see `whenSilent`.
 */
import { onRefusal } from "./client";
import { thisDevice } from "./device";
import type * as wire from "./wire/socket";

/** What this server tells of; of a newer one it may be more. */
export type LiveEvent =
  | wire.WatchEvent
  | wire.CatalogueEvent
  | wire.ScanEvent
  | wire.JobsEvent
  | wire.StreamsEvent
  | wire.DevicesEvent
  | wire.NoticesEvent;

export type Topic = LiveEvent["topic"];

type Frame = { action?: string; topics?: string[]; after?: string | null; id?: string };

type Listener = {
  event: (event: LiveEvent) => void;
  /** What these topics tell of may be old. `since`: when it was seen last; none after an absence that was too long. */
  stale: (topics: Topic[], since?: number) => void;
};

const all: Topic[] = ["watch", "catalogue", "scan", "jobs", "streams", "devices", "notices"];

/** Milliseconds. Nothing for so long, not even an answer to the heartbeat, and the network is gone. */
const heartbeat = 25_000;
const silence = 60_000;
const longestPause = 60_000;
/** Closes the socket of a session that is over. */
const sessionOver = 4401;

export class Live {
  /** `describe`: what the reader's other screens call this one. */
  constructor(readonly describe: () => object = () => ({})) {}

  #listeners = new Set<Listener>();
  #socket: WebSocket | null = null;
  #wanted = false;
  #pause = 1_000;
  #heardAt = 0;
  /** The newest event, from which on the server goes on after a break. */
  #after: string | null = null;
  #followed = new Set<string>();
  #state: object = {};
  #timers: { [name in "ping" | "again"]?: ReturnType<typeof setTimeout> } = {};

  /** Begin to listen, for as long as `stop` is not called. */
  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#connect();
  }

  /** The next one who starts may be somebody else. */
  stop() {
    this.#wanted = false;
    this.#after = null;
    this.#drop();
  }

  /** Whether the server tells of a topic at present. */
  tells(topic: Topic): boolean {
    return this.#followed.has(topic);
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What this screen does, for the reader's others; said again after a break. */
  say(state: object) {
    this.#state = state;
    if (this.tells("devices")) this.send({ action: "state", state });
  }

  /** Whether it could be sent. */
  send(frame: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws`;
    const socket = new WebSocket(url, "kyoo");
    this.#socket = socket;
    socket.onopen = () => {
      this.#heardAt = Date.now();
      this.#timers.ping = setInterval(() => this.#ping(), heartbeat);
      const after = this.#after === null ? {} : { after: this.#after };
      this.send({ action: "subscribe", topics: all, device: this.describe(), ...after });
    };
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(String(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#lose(code);
  }

  #ping() {
    if (Date.now() - this.#heardAt > silence) this.#lose();
    else this.send({ action: "ping" });
  }

  #hear(text: string) {
    this.#heardAt = Date.now();
    const frame = JSON.parse(text) as Frame;
    if (frame.action === "subscribe" && frame.topics) this.#subscribed(frame);
    else if (frame.action === "reload") this.#tellStale((frame.topics ?? []) as Topic[]);
    else if (frame.action === "event" && frame.id) {
      this.#after = frame.id;
      for (const { event } of this.#listeners) event(frame as unknown as LiveEvent);
    }
  }

  #subscribed({ topics, after }: Frame) {
    this.#pause = 1_000;
    this.#followed = new Set(topics);
    if (Object.keys(this.#state).length) this.say(this.#state);
    // What was fetched before the server began to tell may have changed in between.
    if (this.#after === null) this.#tellStale((topics ?? []) as Topic[], Date.now());
    this.#after ??= after ?? null;
  }

  #tellStale(topics: Topic[], since?: number) {
    for (const { stale } of this.#listeners) stale(topics, since);
  }

  #lose(code?: number) {
    const told = [...this.#followed] as Topic[];
    this.#drop();
    if (code === sessionOver) void onRefusal(401);
    if (!this.#wanted) return;
    // Those who were cut off together do not come back together.
    const pause = this.#pause * (0.5 + Math.random());
    this.#timers.again = setTimeout(() => this.#connect(), pause);
    this.#pause = Math.min(this.#pause * 2, longestPause);
    // Asking again and again begins with asking.
    if (told.length) this.#tellStale(told);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#followed = new Set();
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.again);
    this.#timers = {};
    socket?.close();
  }
}

export const live = new Live(thisDevice);

/** How often to ask (milliseconds) while the server does not tell by itself; rarely when it does. */
export const whenSilent = (topic: Topic, interval: number) =>
  live.tells(topic) ? Math.max(interval, 60_000) : interval;
