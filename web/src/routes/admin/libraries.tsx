/** Libraries: named folders, to which users can be limited. */
import { useQuery } from "@tanstack/react-query";
import { Folder, Pencil, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useRef } from "react";
import { libraries, useForgetLibrary, useSaveLibrary } from "~/api/libraries";
import type { Library } from "~/api/models/catalogue";
import { may, useMe } from "~/api/users";
import { slugOf } from "~/lib/slug";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { FormError } from "~/ui/account/AuthPage";
import { Button, IconButton } from "~/ui/Button";
import { ConfirmDialog, Dialog } from "~/ui/Dialog";
import { Card, TextField } from "~/ui/Field";
import { Waiting } from "~/ui/states";

type FormProps = { library?: Library; taken: string[]; done: () => void };

/** A new library, or a change of one. */
function LibraryForm({ library, taken, done }: FormProps) {
  const save = useSaveLibrary();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const name = String(data.get("name")).trim();
    const wanted = slugOf(name) || "library";
    let slug = library?.slug ?? wanted;
    // Names are for people and may be alike; what limits users to a library must not.
    for (let n = 2; !library && taken.includes(slug); n++) slug = `${wanted}-${n}`;
    save.mutate(
      { slug, name, path: String(data.get("path")).trim() },
      {
        onSuccess: () => {
          form.reset();
          showToast(t.common.saved);
          done();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="mt-5 flex flex-col gap-4">
      <TextField
        label={t.libraries.name}
        name="name"
        required
        maxLength={200}
        defaultValue={library?.name}
        autoComplete="off"
        data-testid="library-name"
      />
      <TextField
        label={t.libraries.path}
        name="path"
        required
        placeholder="/media/children"
        defaultValue={library?.path}
        autoComplete="off"
        spellCheck={false}
        data-testid="library-path"
      />
      <FormError error={save.error} />
      <div className="flex flex-wrap justify-end gap-3">
        <Button look="soft" onClick={done}>
          {t.common.cancel}
        </Button>
        <Button type="submit" disabled={save.isPending} data-testid="library-save">
          {t.common.save}
        </Button>
      </div>
    </form>
  );
}

function LibraryLine({ library, writes }: { library: Library; writes: boolean }) {
  const forget = useForgetLibrary();
  const editing = useRef<HTMLDialogElement>(null);
  const forgetting = useRef<HTMLDialogElement>(null);
  return (
    <li className="flex items-center gap-4 py-3 first:pt-0 last:pb-0" data-testid="library">
      <Folder className="size-5 shrink-0 text-accent-text" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-bold">{library.name}</p>
        <p className="text-sm break-all text-muted">{library.path}</p>
      </div>
      {writes && (
        <>
          <IconButton
            label={t.libraries.change(library.name)}
            size="sm"
            onClick={() => editing.current?.showModal()}
          >
            <Pencil />
          </IconButton>
          <IconButton
            label={t.libraries.forget(library.name)}
            size="sm"
            disabled={forget.isPending}
            onClick={() => forgetting.current?.showModal()}
          >
            <Trash2 />
          </IconButton>
          <Dialog ref={editing} title={t.libraries.change(library.name)}>
            <LibraryForm library={library} taken={[]} done={() => editing.current?.close()} />
          </Dialog>
          <ConfirmDialog
            ref={forgetting}
            title={`${t.libraries.forget(library.name)}?`}
            hint={t.libraries.forgetHint}
            action={t.common.delete}
            onConfirm={() => forget.mutate(library.slug)}
            testId="library-forget-confirm"
          />
        </>
      )}
    </li>
  );
}

export function AdminLibraries() {
  const me = useMe();
  const list = useQuery(libraries);
  const adding = useRef<HTMLDialogElement>(null);
  const writes = may(me, "core.write");
  return (
    <Card
      title={t.libraries.title}
      action={
        writes && (
          <Button size="sm" onClick={() => adding.current?.showModal()} data-testid="library-add">
            <Plus aria-hidden="true" /> {t.libraries.add}
          </Button>
        )
      }
    >
      <p className="-mt-3 mb-5 text-sm text-muted">{t.libraries.hint}</p>
      <Waiting query={list} />
      {list.data?.length === 0 && <p className="text-muted">{t.libraries.none}</p>}
      <ul className="divide-y divide-line">
        {list.data?.map((library) => (
          <LibraryLine key={library.id} library={library} writes={writes} />
        ))}
      </ul>
      <Dialog ref={adding} title={t.libraries.add} hint={t.libraries.addHint}>
        <LibraryForm
          taken={(list.data ?? []).map((library) => library.slug)}
          done={() => adding.current?.close()}
        />
      </Dialog>
    </Card>
  );
}
