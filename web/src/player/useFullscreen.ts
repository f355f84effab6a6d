/** Full screen of the whole player, controls included; on iPhones, where only videos can, of the video. */
import { useCallback, useEffect, useState } from "react";

type IosVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };
type Orientation = ScreenOrientation & { lock?: (orientation: "landscape") => Promise<void> };

export function useFullscreen(container: HTMLElement | null, video: HTMLVideoElement | null) {
  const [fullscreen, setFullscreen] = useState(false);

  useEffect(() => {
    const check = () => setFullscreen(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", check);
    return () => document.removeEventListener("fullscreenchange", check);
  }, []);

  const toggle = useCallback(async () => {
    if (document.fullscreenElement) {
      await document.exitFullscreen();
    } else if (container?.requestFullscreen) {
      await container.requestFullscreen();
      // Phones turn; computers refuse, which is fine.
      await (screen.orientation as Orientation | undefined)?.lock?.("landscape").catch(() => {});
    } else {
      (video as IosVideo | null)?.webkitEnterFullscreen?.();
    }
  }, [container, video]);

  return { fullscreen, toggle: () => void toggle().catch(() => {}) };
}
