/** The server's clock, as far as this device can tell: the exchange that was quickest says the most. Pure. */

/** Milliseconds: when a question left and its answer came, by this device; when it came and the answer left, by the server. */
export type Exchange = { sent: number; received: number; replied: number; back: number };

type Sample = { offset: number; roundTrip: number; at: number };

/** Clocks of devices run apart by some 50 µs a second: what is older (milliseconds) is worth less than a slower exchange. */
const kept = 5 * 60_000;
const most = 40;

export class ServerClock {
  #samples: Sample[] = [];

  add({ sent, received, replied, back }: Exchange) {
    const roundTrip = back - sent - (replied - received);
    if (!Number.isFinite(roundTrip) || roundTrip < 0) return;
    const offset = (received - sent + (replied - back)) / 2;
    this.#samples = this.#samples.filter(({ at }) => back - at < kept).slice(1 - most);
    this.#samples.push({ offset, roundTrip, at: back });
  }

  /** How far the server's clock is ahead of this device's (milliseconds); null when nothing is known of it. */
  get offset(): number | null {
    let best: Sample | null = null;
    for (const sample of this.#samples) if (!best || sample.roundTrip < best.roundTrip) best = sample;
    return best?.offset ?? null;
  }

  /** The server's time (milliseconds) at a moment of this device. */
  at(moment: number): number | null {
    const { offset } = this;
    return offset === null ? null : moment + offset;
  }
}
