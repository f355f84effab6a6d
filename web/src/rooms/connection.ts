/** One member's connection to a room: what is so in it, orders, chat, and the server's clock. */
import { ApiError } from "~/api/client";
import { lend, signed } from "~/api/credential";
import type { Joined, Room, RoomMessage, RoomState } from "~/api/models/rooms";
import { getRoom, joinRoom } from "~/api/rooms";
import type { RoomEvent } from "~/api/wire/socket";
import { ServerClock } from "./clock";
import { type Order, Orders } from "./orders";

/** Milliseconds. The first questions for the time come quickly, as nothing plays without. */
const firstAsks = 8;
const firstAskEvery = 200;
const askEvery = 10_000;
const silence = 30_000;
const longestPause = 15_000;
const messagesKept = 100;

export type RoomView = {
  room: Room;
  connected: boolean;
  /** The room is no more, or this member is not in it. */
  over: boolean;
  /** The host has sent this member away. */
  removed: boolean;
  /** What was ordered last did not happen: somebody was faster, or only the host may. */
  refused: { status: number } | null;
};

type Frame = {
  action?: string;
  status?: number;
  version?: number;
  sent?: number;
  received?: number;
  replied?: number;
} & Partial<Omit<RoomEvent, "action">>;

/** `guest`: how somebody without an account came in, and comes in again for the next video. */
export type Guest = { name: string; link: string };

type Kept = { presign: string; member: string; guest: Guest };

const place = (room: string) => `guest of ${room}`;

const keepGuest = (room: string, kept: Kept) => sessionStorage.setItem(place(room), JSON.stringify(kept));

const forgetGuest = (room: string) => sessionStorage.removeItem(place(room));

/** A guest who was in a room before this page was loaded anew; null when that is over, or nobody was. */
export async function guestAgain(room: Room["slug"]): Promise<RoomConnection | null> {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(place("")))) {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null") as Kept;
    lend(kept.presign);
    try {
      const found = await getRoom(key.slice(place("").length));
      if (found.slug === room || found.id === room)
        return new RoomConnection({ room: found, presign: kept.presign, member: kept.member }, kept.guest);
    } catch {
      sessionStorage.removeItem(key);
    }
    lend(null);
  }
  return null;
}

export class RoomConnection {
  readonly #orders = new Orders((order, version) =>
    this.#send({ action: "command", room: this.#id, version, command: order }),
  );
  readonly #clock = new ServerClock();
  readonly #listeners = new Set<() => void>();
  readonly #id: string;
  #view: RoomView;
  #member: string;
  #socket: WebSocket | null = null;
  #closed = false;
  #pause = 500;
  #heardAt = 0;
  #asks = 0;
  /** Events that came while the whole room is being fetched. */
  #held: Frame[] | null = null;
  #timers: { [name in "ask" | "again"]?: ReturnType<typeof setTimeout> } = {};

  constructor(
    joined: Joined,
    readonly guest: Guest | null,
  ) {
    this.#id = joined.room.id;
    this.#member = joined.member;
    this.#view = { room: joined.room, connected: false, over: false, removed: false, refused: null };
    this.#orders.know(joined.room.state);
    this.#keep(joined);
    this.#connect();
  }

  /** What a guest was lent is good after a reload of the page, too. */
  #keep({ presign, member }: Joined) {
    lend(presign);
    if (this.guest && presign) keepGuest(this.#id, { presign, member, guest: this.guest });
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getView = () => this.#view;

  /** Who this is, in the room. */
  get member() {
    return this.#member;
  }

  get isHost() {
    return this.#view.room.host === this.#member;
  }

  get maySteer() {
    return this.#view.room.control === "everyone" || this.isHost;
  }

  /** Whether something was ordered here that the room has not taken yet. */
  get pending() {
    return this.#orders.pending;
  }

  /** The server's time (milliseconds); null before it is known. */
  now(): number | null {
    return this.#clock.at(performance.now());
  }

  order(order: Order) {
    if (!this.maySteer) return this.#update({ refused: { status: 403 } });
    if (!this.#view.connected) return this.#update({ refused: { status: 0 } });
    this.#orders.give(order);
    this.#tell();
  }

  /** Whether it could be sent. */
  say(what: { chat: string } | { reaction: string } | { ready: boolean } | { buffering: boolean }): boolean {
    return this.#view.connected && this.#send({ action: "room", room: this.#id, ...what });
  }

  /** `left`: by the reader's own wish, who is a guest no more. */
  close(left = false) {
    this.#closed = true;
    this.#drop();
    lend(null);
    if (left) forgetGuest(this.#id);
  }

  #update(changes: Partial<RoomView>) {
    this.#view = { ...this.#view, ...changes };
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  #send(frame: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    const place = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
    const socket = new WebSocket(signed(`${place}/api/ws`), "kyoo");
    this.#socket = socket;
    socket.onopen = () => {
      this.#heardAt = performance.now();
      this.#asks = 0;
      this.#ask();
      this.#send({ action: "subscribe", topics: [`room:${this.#id}`] });
    };
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(JSON.parse(String(data)) as Frame);
    socket.onclose = () => socket === this.#socket && this.#lose();
  }

  #ask() {
    if (performance.now() - this.#heardAt > silence) return this.#lose();
    this.#send({ action: "clock", sent: performance.now() });
    this.#timers.ask = setTimeout(() => this.#ask(), this.#asks++ < firstAsks ? firstAskEvery : askEvery);
  }

  #hear(frame: Frame) {
    this.#heardAt = performance.now();
    switch (frame.action) {
      case "clock": {
        const { sent = 0, received = 0, replied = 0 } = frame;
        return this.#clock.add({ sent, received, replied, back: performance.now() });
      }
      case "subscribe":
        if (frame.status === 200) return void this.#fetch();
        return this.#end();
      case "command":
        if (frame.state) this.#takeState(frame.state);
        if (!this.#orders.answered(frame.status ?? 0, frame.version))
          this.#update({ refused: { status: frame.status ?? 0 } });
        return this.#tell();
      case "event":
        if (this.#held) this.#held.push(frame);
        else this.#happen(frame);
    }
  }

  /** Everything anew: what happened while nobody listened. */
  async #fetch() {
    const socket = this.#socket;
    this.#held ??= [];
    try {
      const room = await getRoom(this.#id);
      if (socket !== this.#socket) return;
      const events = this.#held;
      this.#held = null;
      this.#pause = 500;
      const newest = Date.parse(room.messages.at(-1)?.at ?? "") || 0;
      if (this.guest && room.video.id !== this.#view.room.video.id) return void this.#moved();
      this.#orders.know(room.state);
      this.#update({ room, connected: true });
      for (const event of events) {
        const said = event.type === "chat" || event.type === "reaction";
        if (!said || Date.parse(event.at ?? "") > newest) this.#happen(event);
      }
    } catch (error) {
      if (socket !== this.#socket) return;
      if (isGone(error)) this.#end();
      else this.#lose();
    }
  }

  #happen({ type, at = "", state, ended, video, member, host, by, byId, text, removed }: Frame) {
    if (ended) return this.#end();
    if (removed === this.#member) return this.#sentAway();
    if (removed) {
      const { room } = this.#view;
      this.#update({ room: { ...room, members: room.members.filter(({ id }) => id !== removed) } });
      // The link may be another one.
      if (room.link) void this.#fetch();
    }
    const { room } = this.#view;
    if (member) {
      const known = room.members.some(({ id }) => id === member.id);
      const members = known
        ? room.members.map((one) => (one.id === member.id ? member : one))
        : [...room.members, member];
      this.#update({ room: { ...room, members } });
    }
    if (host) this.#update({ room: { ...this.#view.room, host } });
    if (type === "chat" || type === "reaction") {
      const message: RoomMessage = { kind: type, by: by ?? "", byId: byId ?? null, text: text ?? "", at };
      const messages = [...room.messages, message].slice(-messagesKept);
      this.#update({ room: { ...this.#view.room, messages } });
    }
    if (state) this.#takeState(state);
    if (video && video.id !== room.video.id) {
      if (this.guest) void this.#moved();
      else this.#update({ room: { ...this.#view.room, video: { slug: null, ...video } } });
    }
  }

  #takeState(state: RoomState) {
    const { room } = this.#view;
    if (state.version < room.state.version) return;
    this.#orders.know(state);
    this.#update({ room: { ...room, state } });
  }

  /** The credential of a guest is for one video: the next one is shown when there is one for it. */
  async #moved() {
    if (!this.guest) return;
    try {
      const joined = await joinRoom(this.#id, this.guest);
      if (this.#closed) return;
      this.#drop();
      this.#keep(joined);
      this.#member = joined.member;
      this.#update({ room: joined.room, connected: false });
      this.#connect();
    } catch (error) {
      if (isGone(error)) this.#end();
      else this.#lose();
    }
  }

  #lose() {
    this.#drop();
    if (this.#closed) return;
    this.#update({ connected: false });
    // Those who were cut off together do not come back together.
    this.#timers.again = setTimeout(() => void this.#comeBack(), this.#pause * (0.5 + Math.random()));
    this.#pause = Math.min(this.#pause * 2, longestPause);
  }

  /** A socket that is refused does not say why: a request does. */
  async #comeBack() {
    try {
      await getRoom(this.#id);
    } catch (error) {
      if (this.#closed) return;
      return isGone(error) ? this.#end() : this.#lose();
    }
    if (!this.#closed) this.#connect();
  }

  #sentAway() {
    this.#update({ removed: true });
    this.#end();
  }

  #end() {
    this.#drop();
    forgetGuest(this.#id);
    this.#closed = true;
    this.#update({ connected: false, over: true });
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#held = null;
    this.#orders.clear();
    clearTimeout(this.#timers.ask);
    clearTimeout(this.#timers.again);
    socket?.close();
  }
}

const isGone = (error: unknown) => error instanceof ApiError && [401, 403, 404].includes(error.status);
