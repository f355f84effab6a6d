/** Has the preview pictures at hand before the mouse comes to the time line. */
import { useEffect, useMemo, useState } from "react";
import type { Sprite } from "~/lib/vtt";

/** Loaded once the first picture of the film is there, which nothing may delay. */
export function usePictures(sprites: readonly Sprite[], waiting: boolean) {
  const [started, setStarted] = useState(false);
  const addresses = useMemo(() => [...new Set(sprites.map((sprite) => sprite.url))], [sprites]);
  useEffect(() => {
    if (!waiting) setStarted(true);
  }, [waiting]);
  useEffect(() => {
    if (!started) return;
    const images = addresses.map((address) => {
      const image = new Image();
      image.fetchPriority = "low";
      image.src = address;
      // One that cannot be had is one that the time line does without.
      image.decode().catch(() => {});
      return image;
    });
    return () => {
      for (const image of images) image.removeAttribute("src");
    };
  }, [addresses, started]);
}
