/**
 * "Auto" quality. What this browser can play is copied, which costs the server nothing and the picture no quality: Auto
 * begins with the copy and leaves it only for a connection that cannot carry it. hls.js judges otherwise: it takes a
 * segment's download time for the state of the connection, which is the encoder's while a segment is being encoded.
 */
import type Hls from "hls.js";
import { Events, type FragLoadedData, type Fragment } from "hls.js";
import { screenLines } from "~/lib/device";
import type { Level } from "./tracks";

/** What the connection must carry (factor on the average bit rate) for a quality to be begun with, or gone up to. */
const headroom = 1.2;
/** With this much the next quality is beyond doubt. */
const plenty = 2;

/** A picture that waits this long (milliseconds) while data trickles in, or comes not at all, wants a lower quality. */
const patienceWithData = 2500;
const patienceWithout = 12_000;

/** With less than this buffered (seconds), a connection that is too slow is one that soon shows. */
const bufferToTrust = 6;
/** Milliseconds of a segment that say how fast the rest will come; more of one that is still being copied on the server. */
const evidence = 1000;
const evidenceWhileCopied = 2500;

/** Going up needs this much buffered (seconds), and this long since the last change (milliseconds). */
const bufferToRaise = 20;
const restBetweenChanges = 15_000;
const restWithPlenty = 5_000;
/** For this long (milliseconds) a slow connection is taken for one that is still slow. */
const estimateHolds = 12_000;
/** A quality that was left again soon after it was gone up to is not tried again as soon. */
const longestRest = 240_000;

/** Lines of the tallest picture that is encoded without being asked for: few machines encode a larger one as it plays. */
const tallestEncoded = 1080;

/** A rendition copied from the file, not encoded. */
export const isOriginal = (level: Level) => level.uri.includes("/original/");

/**
 * One level for each rendition, from the lightest to the heaviest, the copy last. A rendition that is offered with several
 * sounds stands there with the one that copies the track `audio`, else with the lightest.
 */
export function ladder(levels: readonly Level[], audio: string | null = null): number[] {
  const better = (a: Level, b: Level) => {
    const copies = (level: Level) => Number(audio !== null && level.copiedAudio?.includes(audio));
    return copies(a) - copies(b) || b.bitrate - a.bitrate;
  };
  const chosen = new Map<string, number>();
  levels.forEach((level, index) => {
    const known = levels[chosen.get(level.uri) ?? -1];
    if (level.excluded || (known && better(level, known) <= 0)) return;
    chosen.set(level.uri, index);
  });
  const worth = (index: number) => levels[index]?.bitrate ?? 0;
  const copied = (index: number) => Number(levels[index] !== undefined && isOriginal(levels[index]));
  return [...chosen.values()].sort((a, b) => copied(a) - copied(b) || worth(a) - worth(b));
}

type Conditions = {
  /** Bits per second that the connection carries; null when nobody knows. */
  bandwidth: number | null;
  /** Lines of the screen. */
  screen: number;
  /** `audioKey` of the track that plays. */
  audio?: string | null;
};

const carries = (bandwidth: number | null, level: Level | undefined, factor: number) =>
  level !== undefined && (bandwidth === null || level.bitrate * factor <= bandwidth);

/** The best quality that the connection carries and that need not be encoded larger than it is seen; else the lightest. */
export function firstLevel(levels: readonly Level[], { bandwidth, screen, audio }: Conditions): number {
  const order = ladder(levels, audio);
  const tallest = Math.min(screen, tallestEncoded);
  const fits = (level: Level | undefined) => level && (isOriginal(level) || level.height <= tallest);
  const fitting = order.filter((index) => fits(levels[index]));
  const best = fitting.findLast((index) => carries(bandwidth, levels[index], headroom));
  return best ?? fitting[0] ?? order[0] ?? -1;
}

/** A lighter quality that `rate` carries; one step down when nothing came and the rate is unknown (0). */
export function lowerLevel(
  levels: readonly Level[],
  current: number,
  rate: number,
  audio: string | null = null,
): number {
  const order = ladder(levels, audio);
  const lighter = order.slice(0, Math.max(0, placeIn(order, levels, current)));
  const fitting = rate > 0 ? lighter.findLast((index) => carries(rate, levels[index], 1)) : lighter.at(-1);
  return fitting ?? order[0] ?? current;
}

/** A better quality if the connection carries it, else the current one: the copy before every encoded one, and those a step
 * at a time, up to the size of the screen. */
export function higherLevel(
  levels: readonly Level[],
  current: number,
  { bandwidth, screen, audio }: Conditions,
): number {
  const order = ladder(levels, audio);
  const at = placeIn(order, levels, current);
  const copy = order.findLast((index) => levels[index] !== undefined && isOriginal(levels[index]));
  for (const index of [copy, order[at + 1]]) {
    const level = levels[index ?? -1];
    if (index === undefined || !level || order.indexOf(index) <= at) continue;
    const seen = isOriginal(level) || level.height <= Math.max(screen, 1);
    if (seen && carries(bandwidth, level, headroom)) return index;
  }
  return current;
}

/** Where a level, or another one of the same rendition, stands in the ladder. */
function placeIn(order: readonly number[], levels: readonly Level[], current: number): number {
  const uri = levels[current]?.uri;
  return order.findIndex((index) => levels[index]?.uri === uri);
}

/** What the downloads of late say of the connection, in bits per second. */
export class Bandwidth {
  estimate: number | null;
  /** When the connection last showed what it carries (milliseconds). */
  since = performance.now();

  constructor(known: number | null) {
    this.estimate = known;
  }

  /** `whole`: the connection alone set the pace, not an encoder. What came slowly otherwise says nothing. */
  add(bytes: number, milliseconds: number, whole: boolean) {
    if (bytes < 10_000) return;
    const rate = (bytes * 8000) / Math.max(5, milliseconds);
    if (whole) this.since = performance.now();
    if (whole) this.estimate = this.estimate === null ? rate : (this.estimate + rate) / 2;
    else if (this.estimate !== null) this.estimate = Math.max(this.estimate, rate);
  }
}

export function bufferedAhead(video: HTMLVideoElement): number {
  for (let i = 0; i < video.buffered.length; i++) {
    if (video.buffered.start(i) <= video.currentTime + 0.2 && video.buffered.end(i) > video.currentTime) {
      return video.buffered.end(i) - video.currentTime;
    }
  }
  return 0;
}

export class AutoQuality {
  enabled = true;
  /** `audioKey` of the track that plays. */
  audio: string | null = null;
  readonly bandwidth: Bandwidth;
  private fragment: Fragment | null = null;
  private waitingSince: number | null = null;
  private lastChange = performance.now();
  private lastRaise = Number.NEGATIVE_INFINITY;
  private rest = restBetweenChanges;
  /** The quality was gone up to only to see whether the connection carries it. */
  private trying = false;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly hls: Hls,
    private readonly video: HTMLVideoElement,
    private readonly levels: () => readonly Level[],
    known: number | null,
    /** Loads on from where the picture is. */
    private readonly resume: () => void,
  ) {
    this.bandwidth = new Bandwidth(known);
    hls.on(Events.FRAG_LOADING, (_, { frag }) => {
      if (frag.type === "main" && frag.sn !== "initSegment") this.fragment = frag;
    });
    hls.on(Events.FRAG_LOADED, (_, data) => this.measure(data));
    this.timer = setInterval(() => this.check(), 500);
  }

  /** Chooses the quality to begin with. Call once the playlist is known. */
  begin() {
    if (this.enabled) this.hls.loadLevel = firstLevel(this.levels(), this.conditions());
  }

  destroy() {
    clearInterval(this.timer);
  }

  private conditions(): Conditions {
    return { bandwidth: this.bandwidth.estimate, screen: screenLines(), audio: this.audio };
  }

  private isCopy(index: number): boolean {
    const level = this.levels()[index];
    return level !== undefined && isOriginal(level);
  }

  private measure({ frag, networkDetails }: FragLoadedData) {
    if (frag.type !== "main" || frag.sn === "initSegment") return;
    const { loaded, loading } = frag.stats;
    // Its length is told of a segment that was finished before it was asked for.
    const finished = networkDetails instanceof Response && networkDetails.headers.has("content-length");
    const since = finished ? loading.start : loading.first;
    const whole = finished || this.isCopy(frag.level);
    this.bandwidth.add(loaded, loading.end - since, whole);
    if (whole && this.isCopy(frag.level)) this.trying = false;
  }

  /** Of the segment that is coming in: bits per second, and whether they tell of the connection. */
  private coming(current: number): { rate: number; telling: boolean } {
    const stats = this.fragment?.stats;
    if (this.fragment?.level !== current || !stats?.loaded || !stats.loading.first) {
      return { rate: 0, telling: false };
    }
    const time = (stats.loading.end || performance.now()) - stats.loading.first;
    const needed =
      stats.total > 0 ? evidence : this.isCopy(current) ? evidenceWhileCopied : Number.POSITIVE_INFINITY;
    return {
      rate: (stats.loaded * 8000) / Math.max(1, time),
      telling: !stats.loading.end && time > needed,
    };
  }

  private check() {
    const now = performance.now();
    const { video, hls } = this;
    const waits = !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    this.waitingSince = waits ? (this.waitingSince ?? now) : null;
    const current = hls.loadLevel;
    const level = this.levels()[current];
    if (!this.enabled || !level) return;
    const { rate, telling } = this.coming(current);
    const ahead = bufferedAhead(video);
    const tooSlow = telling && rate < level.bitrate;
    if (this.waitingSince !== null) {
      const patience = tooSlow ? evidence : rate > 0 ? patienceWithData : patienceWithout;
      if (now - this.waitingSince >= patience) this.lower(current, rate, telling);
    } else if (tooSlow && (ahead < bufferToTrust || this.trying) && !video.paused) {
      this.lower(current, rate, telling);
    } else if (ahead > bufferToRaise) {
      this.raise(current, now);
    }
  }

  private lower(current: number, rate: number, telling: boolean) {
    const lower = lowerLevel(this.levels(), current, rate, this.audio);
    if (lower === current) return;
    if (telling) this.bandwidth.estimate = rate;
    if (telling) this.bandwidth.since = performance.now();
    this.trying = false;
    const failed = performance.now() - this.lastRaise < 2 * restBetweenChanges;
    this.rest = failed ? Math.min(longestRest, this.rest * 2) : restBetweenChanges;
    this.change();
    // What is buffered of the heavier quality is played; the segment that is too slow is not waited for.
    this.hls.stopLoad();
    this.hls.loadLevel = lower;
    this.resume();
  }

  private raise(current: number, now: number) {
    const { estimate, since } = this.bandwidth;
    // While the encoder sets the pace nothing is known of the connection but that it was slow once: it is tried.
    const unknown = now - since > estimateHolds;
    const conditions = unknown ? { ...this.conditions(), bandwidth: null } : this.conditions();
    const higher = higherLevel(this.levels(), current, conditions);
    const level = this.levels()[higher];
    if (higher === current || !level) return;
    const sure = !unknown && estimate !== null && carries(estimate, level, plenty);
    if (now - this.lastChange < (sure && this.rest === restBetweenChanges ? restWithPlenty : this.rest))
      return;
    this.lastRaise = now;
    this.change();
    this.trying = unknown;
    // A try takes nothing away from what is buffered.
    if (unknown) this.hls.loadLevel = higher;
    else this.hls.nextLevel = higher;
  }

  private change() {
    this.lastChange = performance.now();
    this.waitingSince = null;
  }
}
