/** Chooses what a user may play: how many streams, how high, with how many bits, encoded or not. */
import type { PlayLimits } from "~/api/models/accounts";
import { t } from "~/lib/strings";
import { TextField } from "~/ui/Field";

type Props = { value: PlayLimits; onChange: (value: PlayLimits) => void };

/** What the form counts in: claims are in bits a second. */
const units = { maxStreams: 1, maxHeight: 1, maxLocalBitrate: 1e6, maxBitrate: 1e6 };

export function PlayLimitPicker({ value, onChange }: Props) {
  return (
    <div className="flex flex-col gap-5">
      <div className="grid gap-4 sm:grid-cols-2">
        {(Object.keys(units) as (keyof typeof units)[]).map((name) => {
          const limit = value[name];
          return (
            <TextField
              key={name}
              label={t.playLimits[name]}
              type="number"
              min={0}
              step={units[name] === 1 ? 1 : "any"}
              placeholder={t.limits.noAge}
              value={limit === null ? "" : limit / units[name]}
              onChange={({ target }) =>
                onChange({
                  ...value,
                  [name]: target.value === "" ? null : Number(target.value) * units[name],
                })
              }
              data-testid={`limit-${name}`}
            />
          );
        })}
      </div>
      <label className="flex items-center gap-3 rounded-xl px-2 py-1.5 text-sm font-semibold hover:bg-raised">
        <input
          type="checkbox"
          className="size-4.5 shrink-0 accent-accent"
          checked={value.noTranscoding === true}
          onChange={(event) => onChange({ ...value, noTranscoding: event.target.checked || null })}
          data-testid="limit-noTranscoding"
        />
        {t.playLimits.noTranscoding}
      </label>
    </div>
  );
}
