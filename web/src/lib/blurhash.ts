/** Decodes a BlurHash (https://blurha.sh, the published algorithm) into a few pixels. Pure. */
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

function base83(text: string): number {
  let value = 0;
  for (const character of text) value = value * 83 + alphabet.indexOf(character);
  return value;
}

const toLinear = (value: number) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
};

const toSrgb = (value: number) => {
  const v = Math.min(1, Math.max(0, value));
  return Math.round(v <= 0.0031308 ? v * 12.92 * 255 : (1.055 * v ** (1 / 2.4) - 0.055) * 255);
};

const signedSquare = (value: number) => Math.sign(value) * value * value;

/** What a picture has that the server is still to fetch. */
export const pending = "000000";

/** False for malformed hashes, and for pictures that are pending. */
export function isBlurhash(hash: string): boolean {
  if (hash.length < 6 || [...hash].some((c) => !alphabet.includes(c)) || hash === pending) return false;
  const size = base83(hash.slice(0, 1));
  return hash.length === 4 + 2 * ((size % 9) + 1) * (Math.floor(size / 9) + 1);
}

/** RGBA pixels, `width` × `height`. The hash must satisfy `isBlurhash`. */
export function decodeBlurhash(hash: string, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const size = base83(hash.slice(0, 1));
  const columns = (size % 9) + 1;
  const rows = Math.floor(size / 9) + 1;
  const scale = (base83(hash.slice(1, 2)) + 1) / 166;
  const average = base83(hash.slice(2, 6));
  const factors: [number, number, number][] = [
    [toLinear(average >> 16), toLinear((average >> 8) & 255), toLinear(average & 255)],
  ];
  for (let i = 1; i < columns * rows; i++) {
    const value = base83(hash.slice(4 + i * 2, 6 + i * 2));
    const parts = [Math.floor(value / 361), Math.floor(value / 19) % 19, value % 19];
    const [r = 0, g = 0, b = 0] = parts.map((part) => signedSquare((part - 9) / 9) * scale);
    factors.push([r, g, b]);
  }
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      factors.forEach((factor, i) => {
        const wave =
          Math.cos((Math.PI * x * (i % columns)) / width) *
          Math.cos((Math.PI * y * Math.floor(i / columns)) / height);
        for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (factor[c] ?? 0) * wave;
      });
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) pixels[at + c] = toSrgb(sum[c] ?? 0);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}
