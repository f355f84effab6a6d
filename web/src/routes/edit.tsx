/** Editing a film, serie, collection, season, entry, extra, person or studio by hand: texts, facts, pictures, and locks. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useBlocker, useRouter } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { editable as editableQuery, useEdit } from "~/api/editing";
import { may } from "~/api/users";
import {
  bodyOf,
  type Draft,
  type Editable,
  type EditedKind,
  editedKinds,
  type FieldName,
  forms,
  inOrder,
  isChanged,
  keyOf,
  storedOf,
  toText,
} from "~/lib/editing";
import { commonLanguages, languageName } from "~/lib/format";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Allowed } from "~/ui/Allowed";
import { FormError } from "~/ui/account/AuthPage";
import { Button } from "~/ui/Button";
import { Card, SelectField } from "~/ui/Field";
import { PageTitle } from "~/ui/PageTitle";
import { EditCredits } from "~/ui/shows/EditCredits";
import { EditField } from "~/ui/shows/EditField";
import { EditPictures } from "~/ui/shows/EditPictures";
import { EpisodeOrder } from "~/ui/shows/EpisodeOrder";
import { Failure, NotFound, Spinner } from "~/ui/states";

const route = getRouteApi("/frame/edit/$kind/$slug");

const own = () => navigator.language.split("-")[0] ?? "en";

type LanguagesProps = { known: string[]; current: string | null; onChange: (language: string) => void };

/** Chooses the language whose texts are shown; one that has none yet is added by choosing it. */
function Languages({ known, current, onChange }: LanguagesProps) {
  const others = Object.entries(commonLanguages()).filter(([code]) => !known.includes(code));
  return (
    <div className="mb-5 grid gap-4 sm:grid-cols-2">
      {current && (
        <SelectField<string>
          label={t.edit.language}
          value={current}
          options={Object.fromEntries(known.map((code) => [code, languageName(code)]))}
          onChange={onChange}
        />
      )}
      <SelectField<string>
        label={t.edit.addLanguage}
        value=""
        options={{ "": t.edit.newLanguage, ...Object.fromEntries(others) }}
        onChange={(code) => code && onChange(code)}
      />
    </div>
  );
}

function Editor({ kind, editable }: { kind: EditedKind; editable: Editable }) {
  const edit = useEdit(kind, editable.slug);
  const router = useRouter();
  const formId = useId();
  const form = forms[kind];
  const [draft, setDraft] = useState<Draft>({});
  const [byHand, setByHand] = useState<Record<string, boolean>>({});
  const [chosen, setChosen] = useState<string | null>(null);
  const [creditsTouched, setCreditsTouched] = useState(false);
  const stored = Object.keys(editable.translations);
  const language =
    chosen ?? (stored.includes(own()) ? own() : (stored.find((code) => code === "en") ?? stored[0] ?? null));
  const known = language && !stored.includes(language) ? [...stored, language] : stored;

  const touched =
    Object.keys(draft).some((key) => isChanged(editable, draft, key)) ||
    Object.entries(byHand).some(([key, locked]) => locked !== editable.locks.includes(key));
  const unsaved = touched || creditsTouched;
  useBlocker({ shouldBlockFn: () => unsaved && !confirm(t.edit.leave), enableBeforeUnload: () => unsaved });

  const isLocked = (key: string) =>
    byHand[key] ?? (editable.locks.includes(key) || isChanged(editable, draft, key));
  const onLock = (key: string, locked: boolean) => setByHand({ ...byHand, [key]: locked });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit.mutate(bodyOf(editable, draft, byHand), {
      onSuccess: () => {
        setDraft({});
        setByHand({});
        showToast(t.common.saved);
      },
    });
  };

  const fields = (names: readonly FieldName[], of: string | null): ReactNode => (
    <div className="grid gap-4 sm:grid-cols-2">
      {inOrder(names).map((field) => {
        const key = keyOf(field, of);
        return (
          <EditField
            key={key}
            kind={kind}
            field={field}
            language={of}
            value={draft[key] ?? toText(field, storedOf(editable, key))}
            locked={isLocked(key)}
            onChange={(text) => setDraft({ ...draft, [key]: text })}
            onLock={(locked) => onLock(key, locked)}
          />
        );
      })}
    </div>
  );

  const anyText = (field: string) =>
    [language, ...stored].map((code) => code && editable.translations[code]?.[field]).find(Boolean);
  const name = String(anyText("name") ?? editable.fields.name ?? editable.slug);
  const title = t.edit.title(name);
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-5 px-4 pt-6">
      <PageTitle name={title} />
      <div>
        <button
          type="button"
          onClick={() => router.history.back()}
          className="inline-flex items-center gap-1.5 text-sm font-bold text-muted hover:text-ink"
        >
          <ArrowLeft className="size-4" aria-hidden="true" /> {t.nav.back}
        </button>
        <h1 className="mt-1 text-2xl font-extrabold tracking-tight md:text-3xl">{title}</h1>
        <p className="mt-1 text-muted">{t.edit.hint}</p>
      </div>
      {/* Pictures and credits are forms of their own, which HTML does not allow inside of this one. */}
      <form id={formId} onSubmit={submit} className="flex flex-col gap-5">
        {form.texts.length > 0 && (
          <Card title={t.edit.texts}>
            <Languages known={known} current={language} onChange={setChosen} />
            {language ? fields(form.texts, language) : <p className="text-muted">{t.edit.noLanguage}</p>}
          </Card>
        )}
        <Card title={t.edit.facts}>{fields(form.own, null)}</Card>
      </form>
      {kind === "series" && <EpisodeOrder slug={editable.slug} />}
      <EditPictures kind={kind} editable={editable} language={language} isLocked={isLocked} onLock={onLock} />
      {(kind === "movies" || kind === "series") && (
        <EditCredits
          kind={kind}
          slug={editable.slug}
          language={language ?? own()}
          isLocked={isLocked}
          onLock={onLock}
          onTouched={setCreditsTouched}
        />
      )}
      <div className="sticky bottom-20 z-20 flex flex-col gap-3 rounded-3xl border border-line bg-surface/95 p-4 backdrop-blur-xl md:bottom-4">
        <FormError error={edit.error} />
        <div className="flex flex-wrap items-center justify-end gap-3">
          {!touched && <p className="mr-auto text-sm text-muted">{t.edit.unchanged}</p>}
          <Button type="submit" form={formId} disabled={!touched || edit.isPending} data-testid="edit-save">
            {t.common.save}
          </Button>
        </div>
      </div>
    </div>
  );
}

function Stored({ kind, slug }: { kind: EditedKind; slug: string }) {
  const query = useQuery(editableQuery(kind, slug));
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Spinner className="mx-auto mt-24 size-8" />;
  return <Editor key={`${kind}/${slug}`} kind={kind} editable={query.data} />;
}

export function EditPage() {
  const { kind, slug } = route.useParams();
  const known = editedKinds.find((other) => other === kind);
  if (!known) return <NotFound />;
  return (
    <Allowed who={(me) => may(me, "core.write")}>
      <Stored kind={known} slug={slug} />
    </Allowed>
  );
}
