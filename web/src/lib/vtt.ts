/** Reads WebVTT indexes of preview pictures (`sprite.jpg#xywh=x,y,w,h`). Pure. */
export type Sprite = {
  /** Seconds. */
  start: number;
  end: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
};

/** Seconds of `01:02:03.500` or `02:03.500`; NaN if it is neither. */
export function parseTimestamp(text: string): number {
  const match = /^(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!match) return Number.NaN;
  const [, hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction}`);
}

/** Cues without a picture area are left out. `base` is the address of the index itself. */
export function parseSprites(text: string, base: string): Sprite[] {
  const sprites: Sprite[] = [];
  for (const block of text.replaceAll("\r", "").split(/\n{2,}/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => line.includes("-->"));
    if (at < 0) continue;
    const [from = "", rest = ""] = (lines[at] ?? "").split("-->");
    const start = parseTimestamp(from);
    const end = parseTimestamp(rest.trim().split(/\s+/)[0] ?? "");
    const [address = "", area = ""] = (lines[at + 1] ?? "").trim().split("#xywh=");
    const [x, y, width, height] = area.replace("pixel:", "").split(",").map(Number);
    if (Number.isNaN(start) || Number.isNaN(end) || !address || !width || !height) continue;
    sprites.push({ start, end, url: new URL(address, base).href, x: x ?? 0, y: y ?? 0, width, height });
  }
  return sprites.sort((a, b) => a.start - b.start);
}

/** The picture for a position; between two cues, the one before. */
export function spriteAt(sprites: readonly Sprite[], time: number): Sprite | undefined {
  let low = 0;
  let high = sprites.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sprites[middle]?.start ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return sprites[Math.max(0, low - 1)];
}
