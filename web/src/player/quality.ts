/**
 * "Auto" quality for a server that encodes while it sends. hls.js takes a segment's download time for the state of the
 * connection and would leave a quality whenever the encoder needs a moment, starting another encoder for nothing. Here a
 * quality is left only when the picture really waits, and raised only while plenty is buffered.
 */
import type Hls from "hls.js";
import { Events, type Fragment } from "hls.js";
import type { Level } from "./tracks";

/** Headroom asked of the connection (factor on the peak bit rate) to start at a quality, and to go up to one. */
const startHeadroom = 1.1;
const raiseHeadroom = 1.4;

/** A picture that waits this long (milliseconds) while data trickles in, or comes not at all, wants a lower quality. */
const patienceWithData = 2500;
const patienceWithout = 12_000;

/** Going up needs this much buffered (seconds), and this long since the last change (milliseconds). */
const bufferToRaise = 20;
const restBetweenChanges = 15_000;

/** A rendition copied from the file, not encoded. */
export const isOriginal = (level: Level) => level.uri.includes("/original/");

/** Indexes from the lightest to the heaviest; of two equals the copied one is better: it costs the server nothing. */
function ranked(levels: readonly Level[]): number[] {
  const worth = (index: number) => {
    const level = levels[index];
    return level ? level.bitrate + (isOriginal(level) ? 1 : 0) : 0;
  };
  return levels.map((_, index) => index).sort((a, b) => worth(a) - worth(b));
}

const bitrateOf = (levels: readonly Level[], index: number) => levels[index]?.bitrate ?? 0;

/** The best quality that `bandwidth` (bits per second) carries with room to spare, else the lightest. */
export function firstLevel(levels: readonly Level[], bandwidth: number): number {
  const order = ranked(levels);
  return order.findLast((index) => bitrateOf(levels, index) * startHeadroom <= bandwidth) ?? order[0] ?? -1;
}

/** A lighter quality that `rate` carries; one step down when nothing came and the rate is unknown (0). */
export function lowerLevel(levels: readonly Level[], current: number, rate: number): number {
  const order = ranked(levels);
  const lighter = order.slice(0, Math.max(0, order.indexOf(current)));
  const fitting = rate > 0 ? lighter.findLast((index) => bitrateOf(levels, index) <= rate) : lighter.at(-1);
  return fitting ?? order[0] ?? current;
}

/** The next heavier quality if the connection carries it, else the current one. */
export function higherLevel(levels: readonly Level[], current: number, bandwidth: number): number {
  const order = ranked(levels);
  const next = order[order.indexOf(current) + 1];
  return next !== undefined && bitrateOf(levels, next) * raiseHeadroom <= bandwidth ? next : current;
}

function bufferedAhead(video: HTMLVideoElement): number {
  for (let i = 0; i < video.buffered.length; i++) {
    if (video.buffered.start(i) <= video.currentTime + 0.2 && video.buffered.end(i) > video.currentTime) {
      return video.buffered.end(i) - video.currentTime;
    }
  }
  return 0;
}

export class AutoQuality {
  enabled = true;
  /** Whether the connection ever was too slow. */
  lowered = false;
  private fragment: Fragment | null = null;
  private waitingSince: number | null = null;
  private lastChange = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly hls: Hls,
    private readonly video: HTMLVideoElement,
  ) {
    hls.on(Events.FRAG_LOADING, (_, { frag }) => {
      if (frag.type === "main" && frag.sn !== "initSegment") this.fragment = frag;
    });
    this.timer = setInterval(() => this.check(), 500);
  }

  /** Chooses the quality to begin with. Call once the playlist is known. */
  begin(levels: readonly Level[], bandwidth: number) {
    if (this.enabled) this.hls.loadLevel = firstLevel(levels, bandwidth);
  }

  destroy() {
    clearInterval(this.timer);
  }

  private levels(): Level[] {
    return this.hls.levels.map(({ uri, height, bitrate }) => ({ uri, height, bitrate }));
  }

  /** Bits per second of the segment that is coming in; 0 before its first byte. */
  private rate(): number {
    const stats = this.fragment?.stats;
    if (!stats?.loaded || !stats.loading.first) return 0;
    const end = stats.loading.end || performance.now();
    return (stats.loaded * 8000) / Math.max(1, end - stats.loading.first);
  }

  private check() {
    const now = performance.now();
    const { video, hls } = this;
    const waits = !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    this.waitingSince = waits ? (this.waitingSince ?? now) : null;
    const current = hls.loadLevel;
    if (!this.enabled || current < 0) return;
    if (this.waitingSince !== null) {
      const rate = this.rate();
      if (now - this.waitingSince < (rate > 0 ? patienceWithData : patienceWithout)) return;
      const lower = lowerLevel(this.levels(), current, rate);
      if (lower === current) return;
      this.lowered = true;
      this.change(() => (hls.currentLevel = lower));
    } else if (bufferedAhead(video) > bufferToRaise && now - this.lastChange > restBetweenChanges) {
      const higher = higherLevel(this.levels(), current, hls.bandwidthEstimate);
      if (higher !== current) this.change(() => (hls.nextLevel = higher));
    }
  }

  private change(apply: () => void) {
    this.lastChange = performance.now();
    this.waitingSince = null;
    apply();
  }
}
