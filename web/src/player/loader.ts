/**
 * Fetches playlists and segments for hls.js, and waits where waiting helps: for a network or a server that is away, and for
 * one that is busy. hls.js itself would answer by another quality, whose encoder makes a busy server busier.
 */
import {
  FetchLoader,
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
} from "hls.js";
import { errorMessage } from "~/api/client";

/** Why a request waits: nobody answers, or the server has no room for it at the moment. */
export type Trouble = "away" | "busy";

/** Is told what becomes of requests. `failed`: for good, with the server's words. */
export type Watcher = {
  begins: (request: object) => void;
  waits: (request: object, why: Trouble) => void;
  goesOn: (request: object) => void;
  ends: (request: object) => void;
  failed: (status: number, text: string) => void;
};

/** Milliseconds between two attempts: the first ones come quickly, as a server that restarts is back within seconds. */
const firstPause = 500;
const longestPause = 4_000;
/** However long the server asks to stay away (milliseconds). */
const longestRest = 30_000;

/** A failure of the server is tried once more, after this long. */
const secondChance = 1_000;

export type Verdict = { wait: number; trouble: Trouble | null } | "broken" | "failed";

/** What to do about an answer that is none. `retryAfter` as the header has it; `begun`: part of the body has come. */
export function verdict(status: number, attempt: number, retryAfter: string | null, begun: boolean): Verdict {
  if (status === 0 && begun) return "broken";
  const pause = Math.min(longestPause, firstPause * 2 ** attempt);
  if (status === 0) return { wait: pause, trouble: "away" };
  if (status === 502 || status === 503 || status === 504) {
    const asked = Number(retryAfter) * 1000;
    if (!retryAfter || !(asked >= 0)) return { wait: pause, trouble: "away" };
    return { wait: Math.min(longestRest, Math.max(firstPause, asked)), trouble: "busy" };
  }
  return status === 500 && attempt === 0 ? { wait: secondChance, trouble: null } : "failed";
}

export function loaderFor(watcher: Watcher) {
  return class PatientLoader extends FetchLoader {
    // A parameter of its own makes TypeScript see the constructor that hls.js calls.
    constructor(config: HlsConfig) {
      super(config);
      window.addEventListener("online", this.hurry);
    }

    override load(
      context: LoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
    ) {
      const { onSuccess, onProgress, onError } = callbacks;
      watcher.begins(this);
      super.load(context, config, {
        ...callbacks,
        onSuccess: (...answer) => {
          watcher.ends(this);
          onSuccess(...answer);
        },
        ...(onProgress && {
          onProgress: (...piece) => {
            watcher.goesOn(this);
            onProgress(...piece);
          },
        }),
        onError: (...failure) => {
          const [{ code }, , details, stats] = failure;
          const response = details instanceof Response ? details : null;
          const what = verdict(
            code,
            stats.retry,
            response?.headers.get("retry-after") ?? null,
            stats.loaded > 0,
          );
          if (what === "broken") {
            watcher.ends(this);
            onError(...failure);
          } else if (what === "failed") void this.fail(code, response);
          else this.wait(what.wait, what.trouble);
        },
        onTimeout: () => this.wait(0, "busy"),
      });
    }

    override abort() {
      watcher.ends(this);
      super.abort();
    }

    override destroy() {
      watcher.ends(this);
      window.removeEventListener("online", this.hurry);
      super.destroy();
    }

    private wait(pause: number, trouble: Trouble | null) {
      if (trouble) watcher.waits(this, trouble);
      this.waiting = true;
      this.retry({ maxNumRetry: 1, retryDelayMs: pause, maxRetryDelayMs: pause, backoff: "linear" });
    }

    private waiting = false;

    protected override loadInternal() {
      this.waiting = false;
      super.loadInternal();
    }

    /** The network is back: now, not when the pause is over. */
    private readonly hurry = () => {
      if (!this.waiting) return;
      clearTimeout(this.retryTimeout);
      this.loadInternal();
    };

    private async fail(status: number, response: Response | null) {
      const text = await response?.text().catch(() => "");
      if (this.context) watcher.failed(status, errorMessage(status, text ?? ""));
    }
  };
}
