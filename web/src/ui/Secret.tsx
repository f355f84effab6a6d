/** Texts that are shown to be copied: links, keys, codes; and the QR code of one. */
import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { t } from "~/lib/strings";
import { Button } from "./Button";

/** The clipboard needs https; on a plain home network the text is selected and copied the old way. */
async function copy(text: string, field: HTMLTextAreaElement | null) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  field?.select();
  if (!document.execCommand("copy")) throw new Error(t.common.copyFailed);
}

type Props = { label: string; value: string; hint?: string; testId?: string };

export function Secret({ label, value, hint, testId }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [state, setState] = useState<"" | "copied" | "failed">("");
  const lines = value.split("\n").length;
  return (
    <div className="rounded-2xl border border-accent/50 bg-accent/8 p-4">
      <div className="mb-2 flex items-center justify-between gap-3">
        <p className="text-sm font-bold">{label}</p>
        <Button
          look="soft"
          size="sm"
          onClick={() =>
            copy(value, field.current).then(
              () => setState("copied"),
              () => setState("failed"),
            )
          }
        >
          {state === "copied" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
          {state === "copied" ? t.common.copied : t.common.copy}
        </Button>
      </div>
      <textarea
        ref={field}
        readOnly
        aria-label={label}
        value={value}
        rows={lines > 1 ? lines : value.length > 40 ? 2 : 1}
        data-testid={testId}
        onFocus={(event) => event.currentTarget.select()}
        className="block w-full resize-none field-sizing-content bg-transparent font-mono text-sm break-all"
      />
      <p role="status" className={hint || state === "failed" ? "mt-1.5 text-sm text-muted" : "sr-only"}>
        {state === "failed" ? t.common.copyFailed : state === "copied" && !hint ? t.common.copied : hint}
      </p>
    </div>
  );
}

/** An SVG document of the server, as a picture: nothing in it can run. */
export const QrCode = ({ svg, label }: { svg: string; label: string }) => (
  <img
    src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
    alt={label}
    className="size-48 shrink-0 rounded-2xl bg-white p-3"
  />
);
