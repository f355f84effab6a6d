/** Cuts a picture to a square for a profile. Runs in the browser alone. */
import { t } from "~/lib/strings";

const side = 512;

/** The largest centred square within a rectangle. */
export function centredSquare(width: number, height: number) {
  const size = Math.min(width, height);
  return { x: Math.floor((width - size) / 2), y: Math.floor((height - size) / 2), size };
}

/** A JPEG of at most 512 × 512. Rejects when the browser cannot read the file. */
export async function toSquarePicture(file: Blob): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    throw new Error(t.settings.notPicture, { cause: error });
  }
  const { x, y, size } = centredSquare(bitmap.width, bitmap.height);
  const target = Math.min(side, size);
  const canvas = document.createElement("canvas");
  canvas.width = target;
  canvas.height = target;
  const context = canvas.getContext("2d");
  if (!context) throw new Error(t.settings.notPicture);
  // JPEG has no transparency: without a ground it would turn black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, target, target);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, x, y, size, size, 0, 0, target, target);
  bitmap.close();
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error(t.settings.notPicture))),
      "image/jpeg",
      0.9,
    ),
  );
}
