/** Feeds a <video>: adaptive streaming through hls.js, the browser's own HLS, or the file itself. Knows no interface. */
import Hls, { type ErrorData, ErrorTypes, Events, type HlsConfig } from "hls.js";
import { onRefusal } from "~/api/client";
import { directUrl, masterUrl } from "~/api/videos";
import { getPreferences, setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { AutoQuality, isOriginal } from "./quality";
import { audioKey, type HlsAudio, type Level } from "./tracks";

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
  /** What was asked for last did not come: the server is away, or the network. It is asked again. */
  away: boolean;
  error: string | null;
};

type Options = {
  slug: string;
  clientId: string;
  mode: Mode;
  /** The original file turned out to be unplayable and streaming took over. */
  onFallback: () => void;
};

/** Fatal network errors survived before the reader is bothered: a server that restarts is back within half a minute. */
const networkRetries = 8;
const longestDelay = 4000;

/** Seconds. A picture that begins later has a gap before it. */
const latestStart = 2;

function config(): Partial<HlsConfig> {
  const patient = {
    maxTimeToFirstByteMs: 60_000,
    maxLoadTimeMs: 120_000,
    timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 4, retryDelayMs: 500, maxRetryDelayMs: 4000 },
  };
  return {
    autoStartLoad: false,
    // Nothing is loaded only to measure: last time's bandwidth chooses the first quality.
    testBandwidth: false,
    abrEwmaDefaultEstimate: getPreferences().bandwidth,
    startFragPrefetch: true,
    // Segments are fMP4 and pass through untouched: a worker would only cost its start.
    enableWorker: false,
    // The server sends a segment while it is encoding it: show what has arrived, do not wait for the rest.
    progressive: true,
    maxBufferLength: 30,
    maxMaxBufferLength: 40,
    backBufferLength: 60,
    fragLoadPolicy: { default: patient },
    playlistLoadPolicy: { default: patient },
    manifestLoadPolicy: {
      default: { ...patient, errorRetry: { maxNumRetry: 2, retryDelayMs: 400, maxRetryDelayMs: 1000 } },
    },
  };
}

export class PlayerEngine {
  private hls: Hls | null = null;
  private auto: AutoQuality | null = null;
  private state: EngineState;
  private readonly listeners = new Set<() => void>();
  private readonly abort = new AbortController();
  private position: number | null = null;
  private manifestReady = false;
  private networkErrors = 0;
  private mediaErrors = 0;
  private wantedAudio: string | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: Options,
  ) {
    this.state = {
      mode: options.mode,
      levels: [],
      level: -1,
      activeLevel: -1,
      growing: false,
      audioTracks: [],
      audio: null,
      away: false,
      error: null,
    };
    video.addEventListener("error", () => this.onVideoError(), { signal: this.abort.signal });
    this.attach();
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = () => this.state;

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
    if (this.hls && level >= 0) this.hls.nextLevel = level;
    this.update({ level });
  }

  /** `key` as `audioKey` gives it. The original file plays its first track only, so another one needs streaming. */
  setAudio(key: string) {
    this.wantedAudio = key;
    if (this.state.mode === "direct") this.reload("hls");
    else this.applyAudio();
    this.update({ audio: key });
  }

  retry() {
    this.networkErrors = 0;
    this.mediaErrors = 0;
    this.reload(this.state.mode);
  }

  dismissError() {
    this.update({ error: null });
  }

  destroy() {
    this.abort.abort();
    this.detach();
    this.listeners.clear();
  }

  private update(changes: Partial<EngineState>) {
    this.state = { ...this.state, ...changes };
    for (const listener of this.listeners) listener();
  }

  private reload(mode: Mode) {
    const started = this.position !== null;
    if (this.video.currentTime > 0) this.position = this.video.currentTime;
    this.detach();
    this.update({
      mode,
      away: false,
      error: null,
      levels: [],
      level: -1,
      activeLevel: -1,
      growing: false,
      audioTracks: [],
    });
    this.attach();
    if (started) this.begin();
  }

  private detach() {
    this.manifestReady = false;
    if (this.hls) {
      this.rememberBandwidth(this.hls.bandwidthEstimate);
      this.auto?.destroy();
      this.hls.destroy();
      this.auto = null;
      this.hls = null;
    }
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** A stream that is being encoded comes at the encoder's speed: only a copied or a faltering one tells of the connection. */
  private rememberBandwidth(estimate: number) {
    const active = this.state.levels[this.state.activeLevel];
    if (!active || !(estimate > 0)) return;
    const telling = isOriginal(active) || this.auto?.lowered;
    const bandwidth = Math.round(telling ? estimate : Math.max(estimate, getPreferences().bandwidth));
    setPreferences({ bandwidth });
  }

  private attach() {
    const { slug, clientId } = this.options;
    if (this.state.mode === "direct") return;
    if (!Hls.isSupported()) return;
    const hls = new Hls(config());
    const auto = new AutoQuality(hls, this.video);
    this.hls = hls;
    this.auto = auto;
    hls.on(Events.MANIFEST_PARSED, () => {
      const levels = hls.levels.map(({ uri, height, bitrate }) => ({ uri, height, bitrate }));
      this.manifestReady = true;
      this.update({ levels });
      auto.begin(levels, getPreferences().bandwidth);
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
      if (track) this.update({ audio: audioKey(track) });
    });
    hls.on(Events.FRAG_PARSED, (_, { frag }) => {
      // hls.js takes a first segment that comes in pieces for one without a beginning, by the start of its last piece. If
      // it is the only segment, the film would then never end.
      const start = frag.elementaryStreams.video?.startPTS ?? Number.POSITIVE_INFINITY;
      if (frag.gap && start < latestStart) frag.gap = false;
    });
    hls.on(Events.FRAG_BUFFERED, () => {
      this.networkErrors = 0;
      if (this.state.away) this.update({ away: false });
    });
    hls.on(Events.ERROR, (_, data) => this.onHlsError(data));
    hls.loadSource(masterUrl(slug, clientId));
    hls.attachMedia(this.video);
  }

  private begin() {
    if (this.position === null) return;
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
    const index = hls.audioTracks.findIndex((track) => audioKey(track) === wantedAudio);
    if (index >= 0 && index !== hls.audioTrack) hls.audioTrack = index;
  }

  private onVideoError() {
    // hls.js reports its own; an emptied source is no error.
    if (this.hls || !this.video.getAttribute("src")) return;
    if (this.state.mode === "direct") {
      this.options.onFallback();
      this.reload("hls");
    } else {
      this.update({ error: t.player.unplayable(this.video.error?.message ?? "") });
    }
  }

  private onHlsError(data: ErrorData) {
    const { hls } = this;
    if (!hls) return;
    // A server that takes its time is none that is away.
    if (isPassing(data) && !data.details.endsWith("TimeOut") && !this.state.away) this.update({ away: true });
    if (!data.fatal) return;
    if (isPassing(data) && this.manifestReady && this.networkErrors < networkRetries) {
      const delay = Math.min(longestDelay, 500 * 2 ** this.networkErrors++);
      setTimeout(
        () => this.hls === hls && hls.startLoad(this.video.currentTime || (this.position ?? 0)),
        delay,
      );
      return;
    }
    if (data.type === ErrorTypes.MEDIA_ERROR && this.mediaErrors < 2) {
      if (this.mediaErrors++ === 1) hls.swapAudioCodec();
      hls.recoverMediaError();
      return;
    }
    this.update({ error: describe(data) });
    void onRefusal(data.response?.code ?? 0);
  }
}

/** Whether it may work in a moment: nobody answers, or a gateway does whose service is not there. */
function isPassing({ type, response }: ErrorData): boolean {
  const code = response?.code ?? 0;
  return type === ErrorTypes.NETWORK_ERROR && (code < 400 || code > 500);
}

function describe(data: ErrorData): string {
  if (data.type !== ErrorTypes.NETWORK_ERROR) {
    return t.player.unplayable(data.reason ?? data.error?.message ?? data.details);
  }
  const code = data.response?.code ?? 0;
  if (code === 404) return t.player.fileGone;
  if (code === 401 || code === 403) return t.common.noAccess;
  return code ? t.player.serverFailed(code) : t.common.offline;
}
