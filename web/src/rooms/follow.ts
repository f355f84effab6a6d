/** Holds a <video> where its room is, and tells the room whether it can play. */
import type { RoomConnection } from "./connection";
import { KeepUp, positionAt } from "./keepUp";

/** Milliseconds: between two looks, and how long a picture may wait before the others wait, too. */
const look = 100;
const patience = 800;
/** Seconds: nobody is led beyond the end. */
const beforeEnd = 0.1;

/** `duration` in seconds, 0 while it is not known; `wantsTime`: this member asked the others to wait. */
export function followRoom(
  video: HTMLVideoElement,
  room: RoomConnection,
  now: () => { duration: number; wantsTime: boolean },
): () => void {
  const keepUp = new KeepUp();
  const abort = new AbortController();
  let jumpBegan: number | null = null;
  let waitsSince: number | null = null;
  const told: { ready?: boolean; buffering?: boolean } = {};
  let connected = false;

  const canPlay = () => video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && !video.seeking;

  const tell = (playing: boolean, duration: number) => {
    const { connected: isConnected } = room.getView();
    // Whoever comes back is not ready before they say so.
    if (isConnected && !connected) told.ready = told.buffering = false;
    connected = isConnected;
    if (!connected) return;
    const can = canPlay() || (duration > 0 && video.currentTime >= duration - 1 && video.readyState > 0);
    if (can) waitsSince = null;
    else waitsSince ??= performance.now();
    const ready = (told.ready || can) && !now().wantsTime;
    if (ready !== told.ready && room.say({ ready })) told.ready = ready;
    // Who comes in late holds nobody up; who has been with the others does.
    const late = waitsSince !== null && performance.now() - waitsSince > patience;
    const buffering = can ? false : told.buffering || (playing && Boolean(told.ready) && late);
    if (buffering !== told.buffering && room.say({ buffering })) told.buffering = buffering;
  };

  const follow = () => {
    const { state } = room.getView().room;
    const { duration } = now();
    tell(!state.paused, duration);
    // What was ordered here is done here already.
    if (room.pending || video.readyState === 0) return;
    const last = duration > 0 ? duration - beforeEnd : Number.POSITIVE_INFINITY;
    if (state.paused) {
      jumpBegan = null;
      if (!video.paused) video.pause();
      if (video.playbackRate !== state.rate) video.playbackRate = state.rate;
      const to = video.seeking ? null : keepUp.paused(Math.min(state.position, last), video.currentTime);
      if (to !== null) video.currentTime = to;
      return;
    }
    const time = room.now();
    if (time === null || video.ended) return;
    const should = positionAt(state, time);
    // The last moments play out by themselves.
    if (should >= last && video.currentTime >= last - 1) return;
    // Browsers may insist on a click first; then the play button waits in the middle of the picture.
    if (video.paused) void video.play().catch(() => {});
    if (!canPlay()) return;
    if (jumpBegan !== null) {
      keepUp.jumped((performance.now() - jumpBegan) / 1000);
      jumpBegan = null;
    }
    const correction = keepUp.playing(Math.min(should, last), video.currentTime, state.rate);
    if ("to" in correction) {
      jumpBegan = video.paused ? null : performance.now();
      video.playbackRate = state.rate;
      video.currentTime = Math.min(correction.to, last);
    } else if (video.playbackRate !== correction.rate) video.playbackRate = correction.rate;
  };

  const timer = setInterval(follow, look);
  const stop = room.subscribe(follow);
  // A picture that begins by itself while the room stands still is stopped before anybody sees it.
  for (const name of ["play", "playing", "seeked", "loadeddata"])
    video.addEventListener(name, follow, { signal: abort.signal });
  return () => {
    clearInterval(timer);
    stop();
    abort.abort();
  };
}
