/** A word in the middle of the picture that says what a key or a tap just did. */
import { useCallback, useEffect, useState } from "react";

const shownFor = 700;

export function useFlash() {
  const [flash, setFlash] = useState<{ text: string; id: number } | null>(null);
  useEffect(() => {
    if (!flash) return;
    const timer = setTimeout(() => setFlash(null), shownFor);
    return () => clearTimeout(timer);
  }, [flash]);
  const say = useCallback((text: string) => setFlash((old) => ({ text, id: (old?.id ?? 0) + 1 })), []);
  return { flash, say };
}

export const Flash = ({ flash }: { flash: { text: string; id: number } | null }) =>
  flash && (
    <div
      key={flash.id}
      aria-hidden="true"
      className="pointer-events-none absolute left-1/2 top-[18%] -translate-x-1/2 animate-fade rounded-full bg-black/70 px-5 py-2.5 text-lg font-bold tabular-nums backdrop-blur-md"
    >
      {flash.text}
    </div>
  );
