/** One field of the editor: its control, and the lock that keeps it from being refreshed. */
import { Lock, LockOpen } from "lucide-react";
import { type ReactNode, useId } from "react";
import { type EditedKind, type FieldName, type Input, inputs } from "~/lib/editing";
import { t } from "~/lib/strings";
import { controlClass, Select } from "~/ui/Field";

type LockProps = { label: string; locked: boolean; onChange: (locked: boolean) => void };

export const LockButton = ({ label, locked, onChange }: LockProps) => {
  const action = locked ? t.edit.unlock(label) : t.edit.lock(label);
  return (
    <button
      type="button"
      aria-label={action}
      title={action}
      aria-pressed={locked}
      onClick={() => onChange(!locked)}
      className={`grid size-8 shrink-0 place-items-center rounded-full transition-colors hover:bg-raised ${locked ? "text-accent-text" : "text-muted/70"}`}
    >
      {locked ? (
        <Lock className="size-4" aria-hidden="true" />
      ) : (
        <LockOpen className="size-4" aria-hidden="true" />
      )}
    </button>
  );
};

/** The values that a field chooses from, with their names. */
function choicesOf(kind: EditedKind, input: Input): Record<string, string> {
  if (input === "content") return t.details.contents;
  if (input === "kind") return t.details.extraKinds;
  const { airing, ...rest } = t.edit.statuses;
  return kind === "series" ? t.edit.statuses : rest;
}

const hints: Partial<Record<Input, string>> = {
  lines: t.edit.linesHint,
  ratings: t.edit.ratingsHint,
  ids: t.edit.idsHint,
};

function Genres({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const chosen = value.split("\n").filter(Boolean);
  return (
    <div className="flex flex-wrap gap-2">
      {Object.entries(t.genres).map(([genre, name]) => (
        <label
          key={genre}
          className="cursor-pointer rounded-full bg-raised px-3 py-1.5 text-sm font-bold transition-colors hover:bg-line has-checked:bg-accent has-checked:text-white has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text"
        >
          <input
            type="checkbox"
            className="sr-only"
            checked={chosen.includes(genre)}
            onChange={(event) =>
              onChange(
                (event.target.checked ? [...chosen, genre] : chosen.filter((other) => other !== genre)).join(
                  "\n",
                ),
              )
            }
          />
          {name}
        </label>
      ))}
    </div>
  );
}

type Props = {
  kind: EditedKind;
  field: FieldName;
  /** Of the text, for spelling and hyphenation. */
  language: string | null;
  value: string;
  locked: boolean;
  onChange: (value: string) => void;
  onLock: (locked: boolean) => void;
};

export function EditField({ kind, field, language, value, locked, onChange, onLock }: Props) {
  const id = useId();
  const label = t.edit.fields[field];
  const input: Input = inputs[field];
  const common = {
    id,
    value,
    lang: language ?? undefined,
    "data-testid": `edit-${field}`,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  const controls: Partial<Record<Input, ReactNode>> = {
    text: <input className={controlClass} {...common} />,
    date: <input type="date" className={controlClass} {...common} />,
    number: (
      <input
        type="number"
        min={0}
        max={field === "minAge" ? 21 : undefined}
        step={field === "order" ? "any" : 1}
        className={controlClass}
        {...common}
      />
    ),
    genres: <Genres value={value} onChange={onChange} />,
  };
  const lines = (
    <textarea rows={input === "long" ? 6 : 3} className={`${controlClass} !h-auto py-3`} {...common} />
  );
  const chosen = input === "status" || input === "content" || input === "kind";
  const labelled = (
    <>
      {label}
      {hints[input] && <span className="ml-2 font-medium text-muted">{hints[input]}</span>}
    </>
  );
  return (
    <div className={input === "long" || input === "genres" ? "sm:col-span-2" : ""}>
      <div className="mb-1 flex min-h-8 items-center justify-between gap-2 text-sm font-bold">
        {input === "genres" ? <span>{labelled}</span> : <label htmlFor={id}>{labelled}</label>}
        <LockButton label={label} locked={locked} onChange={onLock} />
      </div>
      {chosen ? <Select options={choicesOf(kind, input)} {...common} /> : (controls[input] ?? lines)}
    </div>
  );
}
