/** What this screen shows and this browser plays. */
import type { Device } from "./versions";

/** Lines of a picture that fills the screen, held across. */
export const screenLines = () => Math.min(screen.width, screen.height) * (devicePixelRatio || 1);

export const thisDevice = (): Device => ({
  lines: screenLines(),
  hdr: matchMedia("(dynamic-range: high)").matches,
  plays: (mimeCodec) => globalThis.MediaSource?.isTypeSupported(`video/mp4; codecs="${mimeCodec}"`) ?? true,
});
