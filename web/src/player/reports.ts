/**
 * Carries reports of progress to the server: over the websocket; by POST while that cannot be had, for what it does not
 * take, and when the page goes away; kept on the device while the server cannot be reached at all.
 */
import { ApiError } from "~/api/client";
import { type HistoryItem, postHistory } from "~/api/profiles";
import { sessionId } from "~/api/session";

/** Milliseconds. The heartbeat is that of other clients; an answer takes no longer than this, or the network is gone. */
const heartbeat = 25_000;
const patience = 8_000;
const longestPause = 60_000;

const key = "unsent progress";
type Kept = { session: string; items: HistoryItem[] };

function readKept(): HistoryItem[] {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
    // Another session may be another reader's.
    return kept && kept.session === sessionId() ? kept.items : [];
  } catch {
    return [];
  }
}

function store(items: HistoryItem[]) {
  if (items.length) localStorage.setItem(key, JSON.stringify({ session: sessionId(), items }));
  else localStorage.removeItem(key);
}

const isSame = (one: HistoryItem, other: HistoryItem) =>
  one.entry === other.entry && one.playedDate === other.playedDate;

/** The items with their time, kept until they are forgotten. Of an entry the last one is enough. */
function keep(items: HistoryItem[]): HistoryItem[] {
  const moment = new Date().toISOString();
  const dated = items.map((item) => ({ ...item, playedDate: item.playedDate ?? moment }));
  const latest = new Map<string, HistoryItem>();
  for (const item of [...readKept(), ...dated]) {
    const other = latest.get(item.entry);
    if (!other || (item.playedDate ?? "") >= (other.playedDate ?? "")) latest.set(item.entry, item);
  }
  store([...latest.values()]);
  return dated;
}

function forget(items: HistoryItem[]) {
  const kept = readKept();
  if (kept.length) store(kept.filter((old) => !items.some((item) => isSame(item, old))));
}

let sending: Promise<void> | null = null;

/** Sends what an earlier page, or an earlier moment without a network, could not. */
export function sendKept(): Promise<void> {
  sending ??= post(readKept()).finally(() => {
    sending = null;
  });
  return sending;
}

/** Whether the last request did not arrive. */
let isAway = false;

async function post(items: HistoryItem[], keepalive = false): Promise<void> {
  if (!items.length) return;
  // A page that goes away does not live to hear that its request did not arrive.
  const said = isAway || navigator.onLine === false ? keep(items) : items;
  try {
    await postHistory(said, keepalive);
    isAway = false;
  } catch (error) {
    // Refused is refused; only what never arrived is tried again.
    isAway = error instanceof ApiError && (error.isOffline || error.status >= 500);
    if (isAway) {
      keep(said);
      return;
    }
  }
  forget(said);
}

/** What the socket understands: one file, and a whole percentage of it. */
const fitsSocket = (items: HistoryItem[]) => items.length === 1 && items[0]?.videoId !== null;

export class Reports {
  #socket: WebSocket | null = null;
  #closed = false;
  #pause = 1_000;
  /** Sent over the socket and not answered yet, oldest first. */
  #unanswered: HistoryItem[] = [];
  #timers: { [name in "ping" | "answer" | "again"]?: ReturnType<typeof setTimeout> } = {};
  #online = () => void sendKept();

  constructor() {
    window.addEventListener("online", this.#online);
    this.#connect();
  }

  /** `leaving`: the page may be gone in a moment, which only a request that outlives it survives. */
  send(items: HistoryItem[], leaving = false) {
    const [item] = items;
    if (!item) return;
    if (leaving || !fitsSocket(items) || this.#socket?.readyState !== WebSocket.OPEN) {
      this.#unanswered = [];
      void post(items, leaving);
      return;
    }
    const { entry, videoId, percent, time } = item;
    this.#socket.send(JSON.stringify({ action: "watch", entry, videoId, percent, time }));
    this.#unanswered.push(item);
    this.#timers.answer ??= setTimeout(() => this.#lose(), patience);
  }

  /** The page may go away: what the socket has not confirmed is sent again in a way that outlives it. */
  leave() {
    const last = this.#unanswered.at(-1);
    this.#unanswered = [];
    if (last) void post([last], true);
  }

  close() {
    this.#closed = true;
    window.removeEventListener("online", this.#online);
    this.leave();
    this.#drop();
  }

  #connect() {
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws`;
    const socket = new WebSocket(url, "kyoo");
    this.#socket = socket;
    socket.onopen = () => {
      this.#pause = 1_000;
      this.#timers.ping = setInterval(() => socket.send('{"action":"ping"}'), heartbeat);
    };
    socket.onmessage = ({ data }) => this.#hear(String(data));
    socket.onclose = () => socket === this.#socket && this.#lose();
  }

  #hear(text: string) {
    const answer = JSON.parse(text) as { action?: string };
    if (answer.action !== "watch") return;
    this.#unanswered.shift();
    clearTimeout(this.#timers.answer);
    this.#timers.answer = this.#unanswered.length ? setTimeout(() => this.#lose(), patience) : undefined;
    if (readKept().length) void sendKept();
  }

  /** The socket is of no use any more: say by POST what it did not confirm, and try another one later. */
  #lose() {
    this.#drop();
    const last = this.#unanswered.at(-1);
    this.#unanswered = [];
    if (last) void post([last]);
    if (this.#closed) return;
    this.#timers.again = setTimeout(() => this.#connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, longestPause);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.answer);
    clearTimeout(this.#timers.again);
    this.#timers = {};
    socket?.close();
  }
}
