/** Feeds a <video>: adaptive streaming through hls.js, the browser's own HLS, or the file itself. Knows no interface. */
import Hls, { type ErrorData, ErrorDetails, ErrorTypes, Events } from "hls.js";
import { onRefusal } from "~/api/client";
import { directUrl, endStream, masterUrl } from "~/api/videos";
import { getPreferences, setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { hlsConfig } from "./hlsConfig";
import type { Trouble, Watcher } from "./loader";
import { AutoQuality, isOriginal, ladder } from "./quality";
import { audioKey, type HlsAudio, isCopiedAudio, type Level } from "./tracks";

export type Mode = "hls" | "direct";

export type EngineState = {
  mode: Mode;
  levels: readonly Level[];
  /** The chosen level, -1 while the connection decides. */
  level: number;
  /** The level on screen. */
  activeLevel: number;
  /** The playlist is still being written: shorter than its file. */
  growing: boolean;
  audioTracks: readonly HlsAudio[];
  /** `audioKey` of the track that plays. */
  audio: string | null;
  /** What was asked for last did not come, and is asked for again. */
  trouble: Trouble | null;
  error: PlayerError | null;
};

/** `refused`: by the server, which may have been told to; otherwise the video cannot be played. */
export type PlayerError = { kind: "refused" | "failed"; text: string };

export const idle: EngineState = {
  mode: "hls",
  levels: [],
  level: -1,
  activeLevel: -1,
  growing: false,
  audioTracks: [],
  audio: null,
  trouble: null,
  error: null,
};

type Options = {
  slug: string;
  clientId: string;
  mode: Mode;
  /** The original file turned out to be unplayable and streaming took over. */
  onFallback: () => void;
};

/** Seconds. A picture that begins later has a gap before it. */
const latestStart = 2;

/** What was measured longer ago (milliseconds) was perhaps another network. */
const connectionHolds = 60 * 60_000;

/** Milliseconds for which a picture may wait while nothing is being loaded. */
const patience = 6000;

/** Media errors that are mended by beginning anew before the reader is bothered. */
const mends = 2;
/** Seconds that are left out of a damaged film of which nothing else is offered, and how often in a row. */
const leap = 2;
const leaps = 5;
/** Milliseconds after which an error is one by itself. */
const forgotten = 60_000;

export class PlayerEngine {
  private hls: Hls | null = null;
  private auto: AutoQuality | null = null;
  private state: EngineState;
  private readonly listeners = new Set<() => void>();
  private readonly abort = new AbortController();
  private position: number | null = null;
  private manifestReady = false;
  private mediaErrors = 0;
  private leapt = 0;
  private mendedAt = Number.NEGATIVE_INFINITY;
  private wantedAudio: string | null = null;
  /** Copies turned out not to play here, whatever the browser says of their codecs. */
  private copiesFail = false;
  private readonly troubles = new Map<object, Trouble>();
  private readonly requests = new Set<object>();
  private stuckSince: number | null = null;
  private readonly timer = setInterval(() => this.checkStuck(), 1000);

  /** What the server knows this player by. */
  get clientId() {
    return this.options.clientId;
  }

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: Options,
  ) {
    this.state = { ...idle, mode: options.mode };
    window.addEventListener("pagehide", this.leave, { signal: this.abort.signal });
    video.addEventListener("error", () => this.onVideoError(), { signal: this.abort.signal });
    this.attach();
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = () => this.state;

  /** Bits per second that the connection was found to carry; null when nothing was measured. */
  get bandwidth() {
    return this.auto?.bandwidth.estimate ?? null;
  }

  /** Begins playing at `position` seconds. The playlist is already on its way since construction. */
  start(position: number) {
    if (this.position !== null) return;
    this.position = position;
    this.begin();
  }

  setMode(mode: Mode) {
    if (mode === this.state.mode) return;
    this.reload(mode);
  }

  /** -1 lets the connection decide. */
  setLevel(level: number) {
    if (this.state.mode === "direct") this.reload("hls");
    if (this.auto) this.auto.enabled = level < 0;
    if (this.hls && level >= 0) this.hls.nextLevel = this.withWantedAudio(level);
    this.update({ level });
  }

  /** `key` as `audioKey` gives it. The original file plays its first track only, so another one needs streaming. */
  setAudio(key: string) {
    this.wantedAudio = key;
    const level = this.hls?.loadLevel ?? -1;
    const better = level < 0 ? level : this.withWantedAudio(level);
    if (this.state.mode === "direct") this.reload("hls");
    else if (this.hls && better !== level) {
      // What is on its way is of the codec that is left.
      this.hls.stopLoad();
      this.hls.loadLevel = better;
      this.resume();
    } else this.applyAudio();
    this.update({ audio: key });
  }

  retry() {
    this.mediaErrors = 0;
    this.leapt = 0;
    this.copiesFail = false;
    this.reload(this.state.mode);
  }

  dismissError() {
    this.update({ error: null });
  }

  destroy() {
    clearInterval(this.timer);
    this.abort.abort();
    this.leave();
    this.detach();
    this.listeners.clear();
  }

  /** The server need not keep anything ready for this player. */
  private readonly leave = () => {
    if (this.manifestReady) endStream(this.options.clientId);
  };

  private update(changes: Partial<EngineState>) {
    this.state = { ...this.state, ...changes };
    for (const listener of this.listeners) listener();
  }

  private reload(mode: Mode, place?: number) {
    const started = this.position !== null;
    this.detach();
    if (place !== undefined) this.position = place;
    this.update({ ...idle, mode, audio: this.wantedAudio });
    this.attach();
    if (started) this.begin();
  }

  private detach() {
    if (this.video.currentTime > 0) this.position = this.video.currentTime;
    this.manifestReady = false;
    this.troubles.clear();
    this.requests.clear();
    this.stuckSince = null;
    if (this.hls) {
      const rate = this.auto?.bandwidth.estimate;
      if (rate) setPreferences({ connection: { rate: Math.round(rate), at: Date.now() } });
      this.auto?.destroy();
      this.hls.destroy();
      this.auto = null;
      this.hls = null;
    }
    this.video.removeAttribute("src");
    this.video.load();
  }

  private attach() {
    const { slug, clientId } = this.options;
    if (this.state.mode === "direct") return;
    if (!Hls.isSupported()) return;
    const { connection } = getPreferences();
    const known = connection && Date.now() - connection.at < connectionHolds ? connection.rate : null;
    const hls: Hls = new Hls(hlsConfig(this.watcher));
    const auto = new AutoQuality(
      hls,
      this.video,
      () => this.state.levels,
      known,
      () => this.resume(),
    );
    this.hls = hls;
    this.auto = auto;
    hls.on(Events.MANIFEST_PARSED, () => {
      this.manifestReady = true;
      // hls.js takes the first codec of a group for that of each track, and does not see a change back to it: without it,
      // it reads the codec in the track.
      for (const track of hls.allAudioTracks) track.audioCodec = undefined;
      this.update({ levels: this.levelsOf(hls) });
      auto.audio = this.wantedAudio ?? mainAudio(hls);
      auto.begin();
      this.begin();
    });
    hls.on(Events.LEVEL_LOADED, (_, { details }) => {
      if (details.live !== this.state.growing) this.update({ growing: details.live });
    });
    hls.on(Events.LEVEL_SWITCHED, (_, data) => this.update({ activeLevel: data.level }));
    hls.on(Events.AUDIO_TRACKS_UPDATED, () => {
      this.update({ audioTracks: hls.allAudioTracks.map(({ name, lang, url }) => ({ name, lang, url })) });
      this.applyAudio();
    });
    hls.on(Events.AUDIO_TRACK_SWITCHED, () => {
      const track = hls.audioTracks[hls.audioTrack];
      if (!track) return;
      auto.audio = audioKey(track);
      this.update({ audio: auto.audio });
    });
    hls.on(Events.FRAG_PARSED, (_, { frag }) => {
      // hls.js takes a first segment that comes in pieces for one without a beginning, by the start of its last piece. If
      // it is the only segment, the film would then never end.
      const start = frag.elementaryStreams.video?.startPTS ?? Number.POSITIVE_INFINITY;
      if (frag.gap && start < latestStart) frag.gap = false;
    });
    hls.on(Events.ERROR, (_, data) => this.onHlsError(data));
    hls.loadSource(masterUrl(slug, clientId));
    hls.attachMedia(this.video);
  }

  /** Loads on from where the picture is. */
  private resume() {
    this.hls?.startLoad(this.video.currentTime || (this.position ?? 0));
  }

  private levelsOf(hls: Hls): Level[] {
    return hls.levels.map((level) => {
      const { uri, height, averageBitrate, audioGroups } = level;
      const sounds = hls.allAudioTracks.filter((track) => audioGroups?.includes(track.groupId));
      const found: Level = {
        uri,
        height,
        bitrate: averageBitrate,
        copiedAudio: sounds.filter(isCopiedAudio).map(audioKey),
      };
      return { ...found, excluded: this.copiesFail && isOriginal(found) };
    });
  }

  private begin() {
    if (this.position === null || this.state.error) return;
    const { slug, clientId } = this.options;
    if (this.hls) {
      if (!this.manifestReady) return;
      this.hls.startLoad(this.position);
    } else {
      const position = this.position;
      const seek = () => {
        this.video.currentTime = position;
      };
      if (position > 0)
        this.video.addEventListener("loadedmetadata", seek, { once: true, signal: this.abort.signal });
      this.video.src = this.state.mode === "direct" ? directUrl(slug, clientId) : masterUrl(slug, clientId);
    }
    // Browsers may insist on a click first; then the play button waits in the middle of the picture.
    this.video.play().catch(() => {});
  }

  private applyAudio() {
    const { hls, wantedAudio } = this;
    if (!hls || wantedAudio === null) return;
    if (this.auto) this.auto.audio = wantedAudio;
    const index = hls.audioTracks.findIndex((track) => audioKey(track) === wantedAudio);
    if (index >= 0 && index !== hls.audioTrack) hls.audioTrack = index;
  }

  /** The same picture may be offered with several sounds: the one that has the wanted track as it is in the file. */
  private withWantedAudio(level: number): number {
    const { levels } = this.state;
    const same = (index: number) => levels[index]?.uri === levels[level]?.uri;
    return ladder(levels, this.wantedAudio ?? this.auto?.audio).find(same) ?? level;
  }

  private readonly watcher: Watcher = {
    begins: (request) => this.requests.add(request),
    ends: (request) => {
      this.requests.delete(request);
      this.watcher.goesOn(request);
    },
    waits: (request, why) => {
      this.troubles.set(request, why);
      this.showTrouble();
    },
    goesOn: (request) => {
      if (this.troubles.delete(request)) this.showTrouble();
    },
    failed: (status, text) => {
      void onRefusal(status);
      if (status === 401 || status === 403) this.stop({ kind: "refused", text });
      else if (status === 404) this.stop({ kind: "failed", text: t.player.fileGone });
      else if (!this.convert())
        this.stop({ kind: "failed", text: status < 500 ? text : t.player.serverFailed(status) });
    },
  };

  private showTrouble() {
    const [trouble = null] = this.troubles.values();
    if (trouble !== this.state.trouble) this.update({ trouble });
  }

  /** Ends playing with a word; trying again begins where it was. */
  private stop(error: PlayerError) {
    this.leave();
    this.detach();
    this.update({ trouble: null, error });
  }

  /** Leaves the copy, which does not play, for what the server encodes; false when there is no such choice. */
  private convert(): boolean {
    const { levels } = this.state;
    const current = levels[this.hls?.loadLevel ?? -1];
    const others = levels.some((level) => !isOriginal(level));
    if (this.copiesFail || !current || !isOriginal(current) || !others) return false;
    this.copiesFail = true;
    this.mediaErrors = 0;
    this.options.onFallback();
    this.reload("hls");
    return true;
  }

  private onVideoError() {
    const { hls, video } = this;
    if (hls) {
      // hls.js reports what it meets while it has more to load, and a film may be loaded to its end.
      if (video.error?.code === MediaError.MEDIA_ERR_DECODE) this.mend(hls, mends, video.error.message);
      return;
    }
    // An emptied source is no error.
    if (!video.getAttribute("src")) return;
    if (this.state.mode === "direct") {
      this.options.onFallback();
      this.reload("hls");
    } else {
      this.stop({ kind: "failed", text: t.player.unplayable(video.error?.message ?? "") });
    }
  }

  private onHlsError(data: ErrorData) {
    const { hls } = this;
    if (!hls || !data.fatal) return;
    if (data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) {
      this.stop({ kind: "failed", text: t.player.noFormat });
    } else {
      const reason = data.reason ?? data.error?.message ?? data.details;
      this.mend(hls, data.type === ErrorTypes.MEDIA_ERROR ? mends : 0, reason);
    }
  }

  /** Begins anew where the picture is, up to `times`; then with what is encoded, else says why not. */
  private mend(hls: Hls, times: number, reason: string) {
    const now = performance.now();
    if (now - this.mendedAt > forgotten) this.mediaErrors = this.leapt = 0;
    this.mendedAt = now;
    if (this.mediaErrors < times) {
      if (this.mediaErrors++ > 0) hls.swapAudioCodec();
      hls.recoverMediaError();
    } else if (!this.convert() && !(times && this.leapAhead())) {
      this.stop({ kind: "failed", text: t.player.unplayable(reason) });
    }
  }

  /** Leaves out what is damaged here; false when there is nothing behind it, or all of it seems to be. */
  private leapAhead(): boolean {
    const { currentTime, duration } = this.video;
    const place = Math.max(currentTime, this.position ?? 0) + leap;
    if (this.leapt >= leaps || !(place < duration)) return false;
    this.leapt += 1;
    this.mediaErrors = 0;
    this.reload(this.state.mode, place);
    return true;
  }

  /** A picture that waits while nothing is being loaded waits for ever: hls.js has lost its way. */
  private checkStuck() {
    const { hls, video, requests } = this;
    const waits = !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    if (!hls || !this.manifestReady || !waits || requests.size > 0) {
      this.stuckSince = null;
      return;
    }
    this.stuckSince ??= performance.now();
    if (performance.now() - this.stuckSince < patience) return;
    this.stuckSince = null;
    hls.recoverMediaError();
  }
}

/** `audioKey` of the track that plays unless another one is chosen. */
function mainAudio(hls: Hls): string | null {
  const track = hls.allAudioTracks.find((candidate) => candidate.default) ?? hls.allAudioTracks[0];
  return track ? audioKey(track) : null;
}
