/** Draws subtitles over a <video>: text as native tracks, ASS through libass, PGS pictures through libpgs. */

import { signed } from "~/api/credential";
import type { Subtitle } from "~/api/models/files";
import { queryString } from "~/lib/query";
import { subtitleKind } from "./tracks";

type Options = {
  video: HTMLVideoElement;
  subtitle: Subtitle;
  fonts: readonly string[];
  onReady: () => void;
  onError: () => void;
};

/** Lines kept free at the bottom while the controls are shown. */
const liftedLine = -4;

function textTrack({ video, subtitle, onReady, onError }: Options): () => void {
  const element = document.createElement("track");
  element.kind = "subtitles";
  element.label = subtitle.title ?? subtitle.language ?? "";
  element.srclang = subtitle.language ?? "und";
  element.src = signed(
    (subtitle.link ?? "") + (subtitle.extension === "vtt" ? "" : queryString({ format: "vtt" })),
  );
  element.addEventListener("load", onReady);
  element.addEventListener("error", onError);
  video.append(element);
  element.track.mode = "showing";
  return () => {
    element.track.mode = "disabled";
    element.remove();
  };
}

/** Both renderers load late: detaching before that must still win. */
function lateRenderer(start: () => Promise<() => void>, onError: () => void): () => void {
  let stopped = false;
  let stop = () => {};
  start().then(
    (stopRenderer) => {
      if (stopped) stopRenderer();
      else stop = stopRenderer;
    },
    () => {
      if (!stopped) onError();
    },
  );
  return () => {
    stopped = true;
    stop();
  };
}

async function assRenderer({ video, subtitle, fonts }: Options): Promise<() => void> {
  const [{ default: Jassub }, { default: sans }] = await Promise.all([
    import("jassub"),
    import("jassub/dist/default.woff2?url"),
  ]);
  const renderer = new Jassub({
    video,
    subUrl: new URL(signed(subtitle.link ?? ""), location.href).href,
    // The one for all other fonts is loaded at once, too: what is drawn without it is not drawn again when it comes.
    fonts: [...fonts.map(signed), sans].map((font) => new URL(font, location.href).href),
    defaultFont: "liberation sans",
    // Fonts come from the file; the reader's machine and the internet are not asked.
    queryFonts: false,
  });
  await renderer.ready;
  // It draws with each new picture, of which there is none while the video is paused.
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
    const { videoWidth: width, videoHeight: height, currentTime: mediaTime } = video;
    const now = performance.now();
    const frame = {
      width,
      height,
      mediaTime,
      presentationTime: now,
      expectedDisplayTime: now,
      presentedFrames: 0,
    };
    void renderer.manualRender(frame, true);
  }
  return () => void renderer.destroy();
}

async function pgsRenderer({ video, subtitle }: Options): Promise<() => void> {
  const [{ PgsRenderer }, { default: workerUrl }] = await Promise.all([
    import("libpgs"),
    import("libpgs/dist/libpgs.worker.js?url"),
  ]);
  const renderer = new PgsRenderer({
    video,
    workerUrl,
    subUrl: new URL(signed(subtitle.link ?? ""), location.href).href,
  });
  try {
    await renderer.ready;
  } catch (error) {
    renderer.dispose();
    throw error;
  }
  // A picture that was due while the file was loading counts as drawn: leave and come back to draw it.
  renderer.renderAtTimestamp(-1);
  renderer.renderAtTimestamp(video.currentTime);
  return () => renderer.dispose();
}

/** Shows a track until the returned function is called. */
export function showSubtitle(options: Options): () => void {
  switch (subtitleKind(options.subtitle)) {
    case "text":
      return textTrack(options);
    case "ass":
      return lateRenderer(() => assRenderer(options), options.onError);
    case "pgs":
      return lateRenderer(() => pgsRenderer(options), options.onError);
    case null:
      options.onError();
      return () => {};
  }
}

/** Moves text subtitles above the controls, or back down. Cues that the file itself placed stay where they are. */
export function liftSubtitles(video: HTMLVideoElement, lifted: boolean) {
  for (const track of video.textTracks) {
    if (track.mode !== "showing") continue;
    let moved = false;
    for (const cue of track.cues ?? []) {
      if (!(cue instanceof VTTCue) || cue.line !== (lifted ? "auto" : liftedLine)) continue;
      cue.line = lifted ? liftedLine : "auto";
      moved = true;
    }
    if (!moved) continue;
    // Chrome only lays cues out again when they appear.
    track.mode = "hidden";
    track.mode = "showing";
  }
}
