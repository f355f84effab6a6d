/** A picture of the library: BlurHash first, the image over it, and a drawn stand-in when there is none. */
import { useEffect, useRef, useState } from "react";
import { signed } from "~/api/credential";
import type { Image } from "~/api/models/catalogue";
import { decodeBlurhash, isBlurhash, pending } from "~/lib/blurhash";
import { queryString } from "~/lib/query";

export type Quality = "low" | "medium" | "high";

/** Undefined while there is nothing to ask for. */
export const imageUrl = (image: Image | null | undefined, quality: Quality) =>
  image && image.blurhash !== pending
    ? signed(`/api/images/${image.id}${queryString({ quality })}`)
    : undefined;

/** The server keeps 320, 640 and 1280 pixels: the smallest that covers `width` CSS pixels on this screen. */
export function qualityFor(width: number): Quality {
  const pixels = width * Math.min(2, globalThis.devicePixelRatio || 1);
  if (pixels <= 360) return "low";
  return pixels <= 720 ? "medium" : "high";
}

function hue(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return value;
}

function Blur({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    context?.putImageData(new ImageData(decodeBlurhash(hash, 24, 24), 24, 24), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} width={24} height={24} className="absolute inset-0 size-full" />;
}

/** A quiet picture made of the title, so that a library without pictures still looks like a library. */
function StandIn({ title, showTitle }: { title: string; showTitle: boolean }) {
  const h = hue(title);
  const initial = [...title.replace(/^(the|a|an)\s+/i, "")][0] ?? "·";
  return (
    <div
      className="absolute inset-0 overflow-hidden text-white"
      style={{
        background: `radial-gradient(120% 90% at 15% 0%, hsl(${h} 46% 42%), transparent 70%),
          linear-gradient(160deg, hsl(${h} 38% 27%), hsl(${(h + 48) % 360} 44% 15%))`,
      }}
    >
      <span
        aria-hidden="true"
        className="absolute -bottom-[0.22em] -right-[0.06em] font-display text-[11rem] font-extrabold uppercase leading-none text-white/10 select-none"
      >
        {initial}
      </span>
      {showTitle && (
        <span className="absolute inset-x-0 bottom-0 line-clamp-4 p-3 font-display text-[0.95rem] font-bold leading-tight text-balance">
          {title}
        </span>
      )}
    </div>
  );
}

type Props = {
  image: Image | null | undefined;
  /** Names the stand-in, and the picture when `alt` is not given. */
  title: string;
  quality: Quality;
  /** Empty by default: the title nearly always stands next to the picture. */
  alt?: string;
  eager?: boolean;
  titled?: boolean;
  className?: string;
};

export function Artwork({
  image,
  title,
  quality,
  alt = "",
  eager = false,
  titled = false,
  className = "",
}: Props) {
  // A new BlurHash means that the server has fetched the picture meanwhile: try again.
  const key = image ? image.id + image.blurhash : "";
  const [state, setState] = useState({ key, loaded: false, failed: false });
  const current = state.key === key ? state : { key, loaded: false, failed: false };
  const url = imageUrl(image, quality);
  const usable = image && url && !current.failed;
  return (
    <div className={`relative overflow-hidden bg-raised ${className}`}>
      {!usable && <StandIn title={title} showTitle={titled} />}
      {usable && isBlurhash(image.blurhash) && !current.loaded && <Blur hash={image.blurhash} />}
      {usable && (
        <img
          key={key}
          src={url}
          alt={alt}
          loading={eager ? "eager" : "lazy"}
          fetchPriority={eager ? "high" : "auto"}
          decoding="async"
          draggable={false}
          onLoad={() => setState({ key, loaded: true, failed: false })}
          onError={() => setState({ key, loaded: false, failed: true })}
          className={`absolute inset-0 size-full object-cover transition-opacity duration-300 ${current.loaded ? "opacity-100" : "opacity-0"}`}
        />
      )}
    </div>
  );
}
