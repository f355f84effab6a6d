/** The collection, studios and people of a film or serie. They are saved by themselves. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, Pencil, Plus, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { type Named, translated, useEdit } from "~/api/editing";
import type { Staff } from "~/api/models/catalogue";
import { movie, serie, staffOf } from "~/api/shows";
import {
  type Credit,
  creditsOf,
  newCollection,
  newPerson,
  newStudio,
  renamed,
  seedCollection,
  seedCredit,
  seedStudio,
  type Translated,
} from "~/lib/credits";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { FormError } from "~/ui/account/AuthPage";
import { Button, IconButton } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Card } from "~/ui/Field";
import { NamedPicker } from "~/ui/Search";
import { Spinner, Waiting } from "~/ui/states";
import { LockButton } from "./EditField";

type Props = {
  kind: "movies" | "series";
  slug: string;
  /** Of new names. */
  language: string;
  isLocked: (key: string) => boolean;
  onLock: (key: string, locked: boolean) => void;
  /** Whether something waits to be saved. */
  onTouched: (touched: boolean) => void;
};

/** Something known, or new and not yet made. */
type Chosen = { slug: string; name: string; made?: Translated };

type AddProps = {
  resource: "collections" | "studios" | "staff";
  label: string;
  onPick: (item: Named) => void;
  onNew: (name: string) => void;
};

function Add({ resource, label, onPick, onNew }: AddProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => (open ? dialog.current?.showModal() : undefined), [open]);
  const then =
    <T,>(act: (item: T) => void) =>
    (item: T) => {
      setOpen(false);
      act(item);
    };
  return (
    <>
      <Button look="soft" size="sm" onClick={() => setOpen(true)} data-testid={`add-${resource}`}>
        <Plus aria-hidden="true" /> {label}
      </Button>
      {open && (
        <Dialog ref={dialog} title={label} onClose={() => setOpen(false)}>
          <div className="mt-4">
            <NamedPicker resource={resource} onPick={then(onPick)} onNew={then(onNew)} />
          </div>
          <div className="mt-5 text-right">
            <Button look="soft" onClick={() => setOpen(false)}>
              {t.common.cancel}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

const Section = ({ title, lock, children }: { title: string; lock: ReactNode; children: ReactNode }) => (
  <section aria-label={title} className="mb-6">
    <h3 className="mb-2 flex items-center gap-1 font-sans text-sm font-bold">
      {title} {lock}
    </h3>
    {children}
  </section>
);

const Chip = ({ name, onRemove, children }: { name: string; onRemove: () => void; children?: ReactNode }) => (
  <li className="flex items-center gap-1 rounded-full bg-raised py-1 pr-1 pl-4 text-sm font-bold">
    {name}
    {children}
    <button
      type="button"
      aria-label={t.edit.takeOut(name)}
      onClick={onRemove}
      className="grid size-7 place-items-center rounded-full hover:bg-line"
    >
      <X className="size-4" aria-hidden="true" />
    </button>
  </li>
);

type PersonProps = {
  credit: Credit;
  onChange: (credit: Credit) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
};

const field =
  "h-10 min-w-0 rounded-xl border border-line bg-canvas px-3 hover:border-muted focus:border-accent";

const Person = ({ credit, onChange, onMove, onRemove }: PersonProps) => {
  const { name } = credit.staff;
  return (
    <li className="flex flex-wrap items-center gap-2 py-2.5" data-testid="credit">
      <span className="w-full font-bold sm:w-44">{name}</span>
      <select
        aria-label={t.edit.roleOf(name)}
        value={credit.kind}
        onChange={(event) => onChange({ ...credit, kind: event.target.value as Credit["kind"] })}
        className={`${field} w-32`}
      >
        {Object.entries(t.roles).map(([kind, label]) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </select>
      <input
        aria-label={t.edit.characterOf(name)}
        placeholder={t.edit.character}
        value={credit.character?.name ?? ""}
        onChange={(event) =>
          onChange({ ...credit, character: renamed(credit.character, event.target.value) })
        }
        className={`${field} flex-1 basis-32`}
      />
      <IconButton size="sm" label={t.edit.up(name)} onClick={() => onMove(-1)}>
        <ArrowUp />
      </IconButton>
      <IconButton size="sm" label={t.edit.down(name)} onClick={() => onMove(1)}>
        <ArrowDown />
      </IconButton>
      <IconButton size="sm" label={t.edit.takeOut(name)} onClick={onRemove}>
        <X />
      </IconButton>
    </li>
  );
};

/** `list` with the item at `index` one place further, if there is one. */
function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const result = [...list];
  const [item] = result.splice(index, 1);
  if (item !== undefined) result.splice(Math.max(0, index + by), 0, item);
  return result;
}

export function EditCredits({ kind, slug, language, isLocked, onLock, onTouched }: Props) {
  const film = useQuery({ ...movie(slug), enabled: kind === "movies" });
  const show = useQuery({ ...serie(slug), enabled: kind === "series" });
  const people = useInfiniteQuery(staffOf(kind, slug));
  const edit = useEdit(kind, slug);
  const [collection, setCollection] = useState<Chosen | null>();
  const [studios, setStudios] = useState<Chosen[]>();
  const [credits, setCredits] = useState<Credit[]>();
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const added = useRef(0);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = people;
  useEffect(() => {
    // All of them: what is not given in an edit is taken out.
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const touched = collection !== undefined || studios !== undefined || credits !== undefined;
  useEffect(() => onTouched(touched), [touched, onTouched]);

  const about = kind === "movies" ? film : show;
  const { data } = about;
  const failed = [about, people].find((query) => query.isError);
  if (failed || !data || !people.data || hasNextPage) {
    return <Card title={t.edit.credits}>{failed ? <Waiting query={failed} /> : <Spinner />}</Card>;
  }
  const shownCollection = collection === undefined ? (data.collection ?? null) : collection;
  const shownStudios: Chosen[] = studios ?? data.studios ?? [];
  const shownCredits = credits ?? creditsOf(people.data);

  const addPerson = (staff: Staff) =>
    setCredits([...shownCredits, { key: `new-${added.current++}`, kind: "actor", staff, character: null }]);

  const addStudio = (studio: Chosen) =>
    setStudios([...shownStudios.filter((other) => other.slug !== studio.slug), studio]);

  const save = async () => {
    setSaving(true);
    setError(null);
    try {
      const body: Record<string, unknown> = {};
      if (collection !== undefined) {
        body.collection =
          collection && seedCollection(collection.made ?? (await translated("collections", collection.slug)));
      }
      if (studios) {
        body.studios = await Promise.all(
          studios.map(async ({ slug: of, made }) => seedStudio(made ?? (await translated("studios", of)))),
        );
      }
      if (credits) body.staff = credits.map(seedCredit);
      await edit.mutateAsync(body);
      setCollection(undefined);
      setStudios(undefined);
      setCredits(undefined);
      showToast(t.common.saved);
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setSaving(false);
    }
  };

  const lock = (key: string, label: string) => (
    <LockButton label={label} locked={isLocked(key)} onChange={(locked) => onLock(key, locked)} />
  );
  return (
    <Card title={t.edit.credits}>
      <Section title={t.edit.collection} lock={lock("collection", t.edit.collection)}>
        {shownCollection ? (
          <ul className="flex">
            <Chip name={shownCollection.name} onRemove={() => setCollection(null)} />
          </ul>
        ) : (
          <Add
            resource="collections"
            label={t.edit.chooseCollection}
            onPick={setCollection}
            onNew={(name) => {
              const made = newCollection(name, language);
              setCollection({ slug: made.slug, name, made });
            }}
          />
        )}
      </Section>
      <Section title={t.details.studios} lock={lock("studios", t.details.studios)}>
        <ul className="mb-3 flex flex-wrap gap-2">
          {shownStudios.map((studio) => (
            <Chip
              key={studio.slug}
              name={studio.name}
              onRemove={() => setStudios(shownStudios.filter((other) => other.slug !== studio.slug))}
            >
              {!studio.made && (
                <Link
                  to="/edit/$kind/$slug"
                  params={{ kind: "studios", slug: studio.slug }}
                  aria-label={t.edit.title(studio.name)}
                  className="grid size-7 place-items-center rounded-full hover:bg-line"
                >
                  <Pencil className="size-3.5" aria-hidden="true" />
                </Link>
              )}
            </Chip>
          ))}
        </ul>
        <Add
          resource="studios"
          label={t.edit.addStudio}
          onPick={addStudio}
          onNew={(name) => {
            const made = newStudio(name, language);
            addStudio({ slug: made.slug, name, made });
          }}
        />
      </Section>
      <Section title={t.edit.people} lock={lock("staff", t.edit.people)}>
        <ul className="mb-3 divide-y divide-line">
          {shownCredits.map((credit, i) => (
            <Person
              key={credit.key}
              credit={credit}
              onChange={(changed) =>
                setCredits(shownCredits.map((other) => (other.key === credit.key ? changed : other)))
              }
              onMove={(by) => setCredits(moved(shownCredits, i, by))}
              onRemove={() => setCredits(shownCredits.filter((other) => other.key !== credit.key))}
            />
          ))}
        </ul>
        <Add
          resource="staff"
          label={t.edit.addPerson}
          onPick={(person) => addPerson(person as Staff)}
          onNew={(name) => addPerson(newPerson(name))}
        />
      </Section>
      <FormError error={error} />
      <Button
        className="mt-2"
        disabled={!touched || saving}
        onClick={() => void save()}
        data-testid="credits-save"
      >
        {t.edit.saveCredits}
      </Button>
    </Card>
  );
}
