/** Chooses what a user may see: all libraries or some, everything or what is fit for an age. */
import { useQuery } from "@tanstack/react-query";
import { libraries } from "~/api/libraries";
import type { Limits } from "~/api/models/accounts";
import { t } from "~/lib/strings";
import { TextField } from "~/ui/Field";

type Props = { value: Limits; onChange: (value: Limits) => void };

const option = "flex items-center gap-3 rounded-xl px-2 py-1.5 text-sm font-semibold hover:bg-raised";

export function LimitPicker({ value, onChange }: Props) {
  const { data } = useQuery(libraries);
  // Libraries that are gone stay in the list until they are taken out of it.
  const gone = (value.libraries ?? []).filter((slug) => data && !data.some((known) => known.slug === slug));
  const all = [...(data ?? []), ...gone.map((slug) => ({ slug, name: slug, path: t.limits.gone }))];
  const chosen = value.libraries;
  return (
    <div className="flex flex-col gap-5">
      <fieldset>
        <legend className="mb-2 text-sm font-bold">{t.limits.libraries}</legend>
        <label className={option}>
          <input
            type="checkbox"
            className="size-4.5 shrink-0 accent-accent"
            checked={chosen === null}
            onChange={(event) => onChange({ ...value, libraries: event.target.checked ? null : [] })}
            data-testid="limit-none"
          />
          {t.limits.everything}
        </label>
        {chosen !== null && (
          <div className="ml-4 grid gap-x-5 gap-y-1 sm:grid-cols-2">
            {all.length === 0 && <p className="px-2 py-1.5 text-sm text-muted">{t.libraries.none}</p>}
            {all.map(({ slug, name, path }) => (
              <label key={slug} className={option}>
                <input
                  type="checkbox"
                  className="size-4.5 shrink-0 accent-accent"
                  checked={chosen.includes(slug)}
                  onChange={(event) =>
                    onChange({
                      ...value,
                      libraries: event.target.checked
                        ? [...chosen, slug]
                        : chosen.filter((other) => other !== slug),
                    })
                  }
                />
                <span className="min-w-0">
                  {name}
                  <span className="block truncate text-xs font-medium text-muted">{path}</span>
                </span>
              </label>
            ))}
          </div>
        )}
      </fieldset>
      <div className="max-w-xs">
        <TextField
          label={t.limits.age}
          type="number"
          min={0}
          max={21}
          placeholder={t.limits.noAge}
          value={value.maxAge ?? ""}
          onChange={(event) =>
            onChange({ ...value, maxAge: event.target.value === "" ? null : Number(event.target.value) })
          }
          data-testid="limit-age"
        />
      </div>
      {value.maxAge !== null && <p className="-mt-3 text-sm text-muted">{t.limits.ageHint}</p>}
    </div>
  );
}
