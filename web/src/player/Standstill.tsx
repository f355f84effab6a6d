/** What is in the middle of a picture that does not move: the play sign, or what it waits for. */
import { Play } from "lucide-react";
import { t } from "~/lib/strings";
import { Spinner } from "~/ui/states";
import type { Trouble } from "./loader";

type Props = { paused: boolean; waiting: boolean; trouble: Trouble | null; controlsShown: boolean };

export function Standstill({ paused, waiting, trouble, controlsShown }: Props) {
  if (!waiting)
    return (
      paused && (
        <div
          className="pointer-events-none absolute inset-0 grid place-items-center max-sm:hidden"
          aria-hidden="true"
        >
          <span className="grid size-20 animate-fade place-items-center rounded-full bg-accent/90 shadow-2xl">
            <Play className="ml-1 size-9 fill-current" />
          </span>
        </div>
      )
    );
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center">
      <div className={`grid justify-items-center gap-4 ${controlsShown ? "max-sm:translate-y-24" : ""}`}>
        <Spinner className="size-14 text-white drop-shadow-lg" />
        {trouble && (
          <p
            role="status"
            className="mx-6 rounded-2xl bg-black/70 px-4 py-2 text-center font-semibold text-balance"
          >
            {t.player[trouble]}
          </p>
        )}
      </div>
    </div>
  );
}
