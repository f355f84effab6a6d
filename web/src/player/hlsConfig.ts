/** How hls.js is set up for a server that encodes while it sends. */
import type { FragmentLoaderConstructor, HlsConfig, PlaylistLoaderConstructor } from "hls.js";
import { loaderFor, type Watcher } from "./loader";

export function hlsConfig(watcher: Watcher): Partial<HlsConfig> {
  const Loader = loaderFor(watcher);
  // Whatever may pass is waited for by the loader itself; only segments that broke off half-way are left to hls.js.
  const patient = {
    maxTimeToFirstByteMs: 60_000,
    maxLoadTimeMs: 120_000,
    timeoutRetry: null,
    errorRetry: null,
  };
  const again = { maxNumRetry: 0, retryDelayMs: 500, maxRetryDelayMs: 4000, shouldRetry: () => true };
  return {
    autoStartLoad: false,
    fLoader: Loader as FragmentLoaderConstructor,
    pLoader: Loader as PlaylistLoaderConstructor,
    preserveManualLevelOnError: true,
    // Nothing is loaded only to measure.
    testBandwidth: false,
    startFragPrefetch: true,
    // Segments are fMP4 and pass through untouched: a worker would only cost its start.
    enableWorker: false,
    // The server sends a segment while it is encoding it: show what has arrived, do not wait for the rest.
    progressive: true,
    maxBufferLength: 30,
    maxMaxBufferLength: 40,
    backBufferLength: 60,
    fragLoadPolicy: { default: { ...patient, errorRetry: again } },
    playlistLoadPolicy: { default: patient },
    manifestLoadPolicy: { default: patient },
  };
}
