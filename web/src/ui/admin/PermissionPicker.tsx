/** Chooses permissions: a usual role, or one by one. Only those the reader holds can be given. */
import type { Role } from "~/lib/permissions";
import { choices, roleOf, roles } from "~/lib/permissions";
import { t } from "~/lib/strings";
import { SelectField } from "~/ui/Field";

type Props = {
  value: readonly string[];
  /** What the reader holds. */
  grantable: readonly string[];
  /** Cannot be taken away here. */
  fixed?: readonly string[];
  onChange: (value: string[]) => void;
};

const names: Record<string, string> = t.permissions.names;

export function PermissionPicker({ value, grantable, fixed = [], onChange }: Props) {
  const all = choices(value, grantable);
  const role = roleOf(value);
  const disabled = (permission: string) =>
    fixed.includes(permission) || (!grantable.includes(permission) && !value.includes(permission));
  const offered: Record<string, string> = Object.fromEntries(
    (Object.keys(roles) as Role[])
      .filter((name) => name === role || roles[name].every((permission) => grantable.includes(permission)))
      .map((name) => [name, t.permissions.roles[name]]),
  );
  return (
    <div className="flex flex-col gap-4">
      <SelectField<string>
        label={t.permissions.role}
        value={role ?? ""}
        options={{ ...offered, ...(role ? {} : { "": t.permissions.custom }) }}
        onChange={(name) =>
          name && onChange([...new Set([...roles[name as Role], ...value.filter((p) => fixed.includes(p))])])
        }
      />
      <fieldset>
        <legend className="mb-2 text-sm font-bold">{t.permissions.title}</legend>
        <div className="grid gap-x-5 gap-y-1 sm:grid-cols-2">
          {all.map((permission) => (
            <label
              key={permission}
              className="flex items-center gap-3 rounded-xl px-2 py-1.5 text-sm font-semibold hover:bg-raised has-disabled:opacity-50"
            >
              <input
                type="checkbox"
                className="size-4.5 shrink-0 accent-accent"
                checked={value.includes(permission)}
                disabled={disabled(permission)}
                onChange={(event) =>
                  onChange(
                    event.target.checked
                      ? [...value, permission]
                      : value.filter((candidate) => candidate !== permission),
                  )
                }
              />
              <span>
                {names[permission] ?? permission}
                {names[permission] && (
                  <span className="block text-xs font-medium text-muted">{permission}</span>
                )}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}
