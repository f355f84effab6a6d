/** Short messages at the edge of the screen: a store anything may write to; `ui/Toaster` shows it. */
export type Toast = { id: number; text: string; kind: "info" | "error" };

let toasts: Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function update(next: Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

export const dismissToast = (id: number) => update(toasts.filter((toast) => toast.id !== id));

/** Milliseconds: long enough to be read by whoever reads slowly, or looks up late. */
const shown = { info: 6_000, error: 12_000 };

export function showToast(text: string, kind: Toast["kind"] = "info") {
  const id = ++lastId;
  update([...toasts.filter((toast) => toast.text !== text), { id, text, kind }].slice(-3));
  setTimeout(() => dismissToast(id), shown[kind]);
}

export const getToasts = () => toasts;

export function subscribeToToasts(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
