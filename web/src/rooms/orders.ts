/** Orders to a room, one after the other: each names the state that it is meant for. Pure. */
import type { RoomState } from "~/api/models/rooms";

export type Order =
  | { name: "play" | "pause"; position: number }
  | { name: "seek"; position: number }
  | { name: "rate"; rate: number }
  | { name: "next" };

type Sent = { order: Order; version: number; by: string; again: boolean };

export class Orders {
  #waiting: Order[] = [];
  #sent: Sent | null = null;
  #version = 0;
  #by = "";

  /** `send` gets an order and the version that it is meant for. */
  constructor(readonly send: (order: Order, version: number) => boolean) {}

  /** Whether something was ordered that the room has not taken yet. */
  get pending() {
    return this.#sent !== null || this.#waiting.length > 0;
  }

  give(order: Order) {
    // Of several places to go to, the last one counts.
    if (order.name === "seek") this.#waiting = this.#waiting.filter(({ name }) => name !== "seek");
    this.#waiting.push(order);
    this.#next();
  }

  /** The room's state is known. */
  know({ version, by }: RoomState) {
    if (version < this.#version) return;
    this.#version = version;
    this.#by = by;
  }

  /** The answer to the order that was sent last. False: nothing came of it, as somebody was faster. */
  answered(status: number, version?: number): boolean {
    const sent = this.#sent;
    this.#sent = null;
    if (!sent) return true;
    if (status === 200) this.#version = Math.max(this.#version, version ?? 0);
    else if (status !== 409) this.#waiting = [];
    // The server itself holds a room and lets it go on: nobody else has ordered anything. Never twice for `next`, which
    // would leave out a video.
    else if (!sent.again && sent.by === this.#by && sent.order.name !== "next") {
      this.#dispatch(sent.order, true);
      return true;
    }
    this.#next();
    // Several come to the end of a video at once, and each of them leads on.
    return status === 200 || (status === 409 && sent.order.name === "next");
  }

  /** The connection is gone: what was not taken is not ordered later, when nobody expects it. */
  clear() {
    this.#sent = null;
    this.#waiting = [];
  }

  #next() {
    if (this.#sent) return;
    const order = this.#waiting.shift();
    if (order) this.#dispatch(order, false);
  }

  #dispatch(order: Order, again: boolean) {
    this.#sent = { order, version: this.#version, by: this.#by, again };
    if (!this.send(order, this.#version)) this.clear();
  }
}
