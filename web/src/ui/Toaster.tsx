/** Shows the messages of `lib/toast`. */
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { t } from "~/lib/strings";
import { dismissToast, getToasts, subscribeToToasts } from "~/lib/toast";

export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToToasts, getToasts);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-[70] flex flex-col items-center gap-2 px-4 md:bottom-6"
    >
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className={`pointer-events-auto flex max-w-lg animate-rise items-center gap-3 rounded-2xl border bg-surface py-2.5 pl-4 pr-2 text-sm font-semibold shadow-2xl ${toast.kind === "error" ? "border-bad/50 text-bad" : "border-line text-ink"}`}
        >
          <span className="min-w-0 break-words">{toast.text}</span>
          <button
            type="button"
            aria-label={t.common.dismiss}
            className="rounded-full p-1.5 hover:bg-raised"
            onClick={() => dismissToast(toast.id)}
          >
            <X className="size-4" />
          </button>
        </div>
      ))}
    </div>
  );
}
