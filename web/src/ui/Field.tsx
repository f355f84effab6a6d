/** Form pieces: a labelled text field (with password reveal), a labelled select, and a titled card around them. */
import { ChevronDown, Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { t } from "~/lib/strings";

export const controlClass =
  "h-12 w-full rounded-xl border border-line bg-canvas px-4 text-base text-ink transition-colors placeholder:text-muted hover:border-muted focus:border-accent focus:outline-2 focus:outline-accent/40 focus:outline-offset-0";

type TextProps = { label: string; hint?: string } & ComponentProps<"input">;

export function TextField({ label, hint, type = "text", ...props }: TextProps) {
  const id = useId();
  const [revealed, setRevealed] = useState(false);
  const secret = type === "password";
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-bold">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          aria-describedby={hint && `${id}-hint`}
          type={secret && revealed ? "text" : type}
          className={`${controlClass} ${secret ? "pr-12" : ""}`}
          {...props}
        />
        {secret && (
          <button
            type="button"
            aria-label={revealed ? t.login.hide : t.login.reveal}
            aria-pressed={revealed}
            onClick={() => setRevealed(!revealed)}
            className="absolute inset-y-0 right-1 grid w-11 place-items-center rounded-xl text-muted hover:text-ink"
          >
            {revealed ? <EyeOff className="size-5" /> : <Eye className="size-5" />}
          </button>
        )}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted text-pretty">
          {hint}
        </p>
      )}
    </div>
  );
}

type ChoiceProps = { options: Record<string, string> } & ComponentProps<"select">;

/** `options`: names by value. */
export const Select = ({ options, ...props }: ChoiceProps) => (
  <div className="relative">
    <select className={`${controlClass} appearance-none pr-11`} {...props}>
      {Object.entries(options).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
    <ChevronDown
      className="pointer-events-none absolute right-4 top-1/2 size-4.5 -translate-y-1/2 text-muted"
      aria-hidden="true"
    />
  </div>
);

type SelectProps<T extends string> = {
  label: string;
  value: T;
  options: Record<T, string>;
  onChange: (value: T) => void;
};

export function SelectField<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-bold">
        {label}
      </label>
      <Select
        id={id}
        value={value}
        options={options}
        onChange={(event) => onChange(event.target.value as T)}
      />
    </div>
  );
}

export const Card = ({
  title,
  action,
  children,
}: {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) => (
  <section className="rounded-3xl border border-line bg-surface p-5 md:p-7">
    <div className="mb-5 flex items-center justify-between gap-3">
      <h2 className="text-lg font-bold">{title}</h2>
      {action}
    </div>
    {children}
  </section>
);
