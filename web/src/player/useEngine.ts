/** One engine for each video, as React state. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { idle, type Mode, PlayerEngine } from "./engine";

/** Identifies one playback to the transcoder. */
const newClientId = () => globalThis.crypto?.randomUUID?.() ?? fallbackUuid();

/** `randomUUID` is missing where the page is served over plain http. */
function fallbackUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const never = () => () => {};
const idleState = () => idle;

/** `mode` null: not known yet, wait. */
export function useEngine(video: HTMLVideoElement | null, slug: string, mode: Mode | null) {
  const [engine, setEngine] = useState<PlayerEngine | null>(null);
  const known = mode !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: later changes of mode go through the engine.
  useEffect(() => {
    if (!video || !mode) return;
    const created = new PlayerEngine(video, {
      slug,
      clientId: newClientId(),
      mode,
      onFallback: () => showToast(t.player.fellBack),
    });
    setEngine(created);
    return () => {
      created.destroy();
      setEngine(null);
    };
  }, [video, slug, known]);
  const state = useSyncExternalStore(engine?.subscribe ?? never, engine?.getState ?? idleState);
  return { engine, state };
}
