/** Volume and speed as the reader left them. */
import { useEffect } from "react";
import { getPreferences, setPreferences } from "~/lib/preferences";

export function useRemembered(video: HTMLVideoElement | null) {
  useEffect(() => {
    if (!video) return;
    const { volume, muted, speed } = getPreferences();
    video.volume = volume;
    video.muted = muted;
    video.defaultPlaybackRate = speed;
    video.playbackRate = speed;
    const remember = () => setPreferences({ volume: video.volume, muted: video.muted });
    video.addEventListener("volumechange", remember);
    return () => video.removeEventListener("volumechange", remember);
  }, [video]);
}
