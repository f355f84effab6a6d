/** The wide picture at the top of a page, fading into it. Children stand on its lower edge. */
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import type { Image } from "~/api/models/catalogue";
import { Artwork } from "~/ui/Artwork";

let mounted = 0;
const listeners = new Set<() => void>();

function change(by: number) {
  mounted += by;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether the page has a hero, over which the top bar is transparent. */
export const useHeroPresent = () => useSyncExternalStore(subscribe, () => mounted > 0);

type Props = { image: Image | null; title: string; tall?: boolean; children: ReactNode };

export function Hero({ image, title, tall = false, children }: Props) {
  useEffect(() => {
    change(1);
    return () => change(-1);
  }, []);
  // Without a picture there is nothing to make room for.
  const height = !image
    ? "min-h-[22rem]"
    : tall
      ? "min-h-[74svh] md:min-h-[70vh]"
      : "min-h-[56svh] md:min-h-[58vh]";
  return (
    <div className={`relative -mt-16 flex flex-col justify-end ${height}`}>
      <div className="absolute inset-0 overflow-hidden">
        <Artwork image={image} title={title} quality="high" eager className="!absolute inset-0" />
        <div className="absolute inset-0 bg-linear-to-r from-[#0b0912]/85 via-[#0b0912]/35 to-transparent" />
        <div className="absolute inset-x-0 top-0 h-36 bg-linear-to-b from-black/60 to-transparent" />
        <div className="absolute inset-x-0 bottom-0 h-4/5 bg-linear-to-t from-[#0b0912] via-[#0b0912]/70 to-transparent" />
      </div>
      {/* Above what follows on the page: menus open downwards, over it. */}
      <div className="gutter relative z-10 pb-8 pt-28 text-white md:pb-12">{children}</div>
    </div>
  );
}
