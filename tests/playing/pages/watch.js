// Plays one address as a viewer does (from the start, another audio track, a seek, to the end) and keeps what was seen
// and heard: when each flash is shown and each beep sounds, on the clock of the film.
const WHITE = 200;
const APART = 0.5;
// A step of the film's clock against the sound's that is more than their rounding (s).
const STEP = 0.15;
// How long a flash is (s), and how much earlier or later a player may show it.
const PULSE = 0.05;
const MOVED = 0.01;
// How long (s) the picture is awaited that is sought, and how far behind its flash (s) that is done.
const SOUGHT = 10;
const BEHIND = 0.3;

const video = document.querySelector("video");
const seen = { flashes: [], beeps: [], firsts: [], last: null, skipped: [], stalled: [], errors: [], notes: [] };
// When each picture was that was shown.
const shown = [];
const canvas = new OffscreenCanvas(8, 8).getContext("2d", { willReadFrequently: true });
let sound;
let clocks = [];
// The place of which no picture is awaited, while one of another place is.
let left = -1;

// Goes on with the worst quality, where a player does that while it plays.
let worsen;

// Each player loads an address and lists its audio tracks, with a way to choose one.
const PLAYERS = {
  async hlsjs(url) {
    const player = new Hls({ enableWorker: false });
    player.on(Hls.Events.ERROR, (_, error) => {
      (error.fatal ? seen.errors : seen.notes).push(`${error.details} ${error.error?.message ?? error.reason ?? ""}`);
    });
    player.attachMedia(video);
    player.loadSource(url);
    worsen = () => (player.nextLevel = player.levels.findIndex(({ url }) => url[0].includes("/240p/")));
    return () => player.audioTracks.map((_, index) => () => (player.audioTrack = index));
  },
  async shaka(url) {
    const player = new shaka.Player();
    player.addEventListener("error", ({ detail }) => {
      (detail.severity === 2 ? seen.errors : seen.notes).push(`${detail.code} ${JSON.stringify(detail.data)}`);
    });
    await player.attach(video);
    await player.load(url);
    worsen = () => {
      player.configure({ abr: { enabled: false } });
      player.selectVariantTrack(player.getVariantTracks().find(({ height }) => height === 240), true, 3);
    };
    return () => player.getAudioTracks().map((track) => () => player.selectAudioTrack(track));
  },
  async videojs(url) {
    const player = videojs(video, { html5: { vhs: { overrideNative: true } } });
    player.on("error", () => seen.errors.push(`${player.error()?.code} ${player.error()?.message}`));
    player.src({ src: url, type: "application/vnd.apple.mpegurl" });
    return () => Array.from(player.audioTracks(), (track) => () => (track.enabled = true));
  },
  // A page that plays by itself: from when this says so on.
  async page() {
    video.play = async () => {};
    return () => [];
  },
  async native(url) {
    video.addEventListener("error", () => seen.errors.push(video.error?.message));
    video.src = url;
    return () => [];
  },
};

function look(_, { mediaTime }) {
  const frame = new VideoFrame(video);
  canvas.drawImage(frame, 0, 0, 8, 8);
  const time = frame.timestamp / 1e6;
  frame.close();
  const pixels = canvas.getImageData(0, 0, 8, 8).data;
  const mean = pixels.reduce((sum, value, index) => sum + (index % 4 < 3 ? value : 0), 0) / 192;
  // What is still shown of the place that was left is no landing.
  if (left !== null && Math.abs(time - left) > 0.3) {
    seen.firsts.push(time);
    seen.last = left = null;
  }
  if (mean > WHITE) {
    const before = seen.flashes.at(-1);
    // The browser may leave out pictures when the machine is busy: the flash began after the one seen before.
    if (before === undefined || Math.abs(time - before.white) > APART) {
      seen.flashes.push({ time, after: seen.last !== null && seen.last < time ? seen.last : time, white: time });
    } else before.white = time;
  }
  shown.push(time);
  seen.last = time;
  seen.shown = mediaTime;
  video.requestVideoFrameCallback(look);
}

function compareClocks() {
  const steady = !video.paused && !video.seeking && video.readyState >= 3;
  if (!steady) clocks = [];
  else {
    const [film, heard] = [video.currentTime, sound.currentTime];
    const ahead = film - heard;
    const usual = clocks.length ? clocks[0].ahead : ahead;
    if (ahead - usual > STEP) seen.skipped.push([film - ahead + usual, film]);
    if (usual - ahead > STEP) seen.stalled.push(film);
    if (Math.abs(ahead - usual) > STEP) clocks = [];
    clocks.push({ heard, ahead });
    while (heard - clocks[0].heard > 1) clocks.shift();
  }
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}

async function listen() {
  sound = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
  await sound.audioWorklet.addModule(window.beeps ?? "/pages/beeps.js");
  const beeps = new AudioWorkletNode(sound, "beeps");
  sound.createMediaElementSource(video).connect(beeps).connect(sound.destination);
  beeps.port.onmessage = async ({ data }) => {
    // The clocks of the moments after it count, too; not those after a seek.
    const steady = clocks;
    await pause(0.3);
    const near = steady.filter(({ heard }) => Math.abs(heard - data) < 0.4).map(({ ahead }) => ahead);
    if (near.length > 4) seen.beeps.push(data + median(near));
  };
  setInterval(compareClocks, 15);
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function until(condition, seconds, what) {
  const deadline = performance.now() + seconds * 1000;
  while (!condition()) {
    if (seen.errors.length) throw new Error("the player gave up");
    if (performance.now() > deadline) throw new Error(`not ${what} at ${video.currentTime.toFixed(2)} s`);
    await pause(0.02);
  }
}

async function watch(player, url, { stay, seek, lands, switches, patience, flashes }) {
  try {
    await listen();
    video.requestVideoFrameCallback(look);
    const tracks = await PLAYERS[player](url);
    // A busy browser leaves out pictures once it plays: the first one is waited for.
    const ready = () => video.readyState >= 3 && (video.videoWidth === 0 || seen.last !== null);
    await until(ready, patience, "showing its first picture");
    delete video.play;
    await video.play();
    await until(() => video.currentTime >= stay || video.ended, stay + patience, "playing");
    if (switches) {
      worsen();
      await until(() => video.ended, video.duration - video.currentTime + patience, "at the end");
      if (video.videoHeight !== 240) throw new Error(`in another quality: ${video.videoHeight}`);
    } else await seekTo(tracks, seek, lands, patience);
    await pause(0.4);
  } catch (error) {
    seen.errors.push(`${error.message ?? error}${error.code ? ` (${error.code}: ${error.data})` : ""}`);
  }
  const quality = video.getVideoPlaybackQuality();
  const [frames, dropped] = [quality.totalVideoFrames, quality.droppedVideoFrames];
  const report = { ...structuredClone(seen), ended: video.ended, at: video.currentTime, frames, dropped };
  if (video.ended) report.flashes.push(...(await leftOutOf(flashes.filter(isPlayed))));
  return report;
}

// What a player jumps over is not played.
function isPlayed(time) {
  const { played } = video;
  return Array.from(played, (_, index) => index).some((index) => played.start(index) <= time && time <= played.end(index));
}

// A busy browser leaves out pictures while it plays. Flashes of which it showed no picture at all are sought.
async function leftOutOf(flashes) {
  const found = [];
  const isShown = (flash) => shown.some((time) => time > flash - MOVED && time < flash + PULSE);
  for (const flash of flashes.filter((flash) => !isShown(flash))) {
    const before = seen.flashes.length;
    // Where pictures come unsteadily, Chromium shows after a seek one that has ended some moments before.
    for (let at = flash + MOVED; at < flash + BEHIND && seen.flashes.length === before; at += PULSE / 2) {
      seen.last = null;
      video.currentTime = at;
      try {
        await until(() => seen.last !== null, SOUGHT, "showing what was sought");
      } catch {
        // Nothing is there.
        break;
      }
    }
    found.push(...seen.flashes.slice(before));
  }
  return found;
}

// From where he is to the end, over another track and another place.
async function seekTo(tracks, seek, lands, patience) {
  seen.stayed = video.currentTime;
  if (tracks().length > 1) {
    tracks().at(-1)();
    const reached = video.currentTime + 1;
    await until(() => video.currentTime >= reached, 1 + patience, "playing another audio track");
  }
  left = video.currentTime;
  clocks = [];
  video.currentTime = seek;
  await until(() => !video.seeking && (left === null || !lands), patience, "showing what was sought");
  seen.duration = video.duration;
  await until(() => video.ended, video.duration - video.currentTime + patience, "at the end");
}
