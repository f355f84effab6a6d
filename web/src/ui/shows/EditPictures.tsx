/** The pictures of what is edited: each can be uploaded, taken from an address, removed and locked. Changes hold at once. */
import { Link2, Trash2, Upload } from "lucide-react";
import { type FormEvent, useRef } from "react";
import { useEdit, useUploadPictureOf } from "~/api/editing";
import { type Editable, type EditedKind, forms, keyOf, type PictureName, pictureOf } from "~/lib/editing";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Artwork, imageUrl } from "~/ui/Artwork";
import { FormError } from "~/ui/account/AuthPage";
import { Button, buttonClass, IconButton } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Card, TextField } from "~/ui/Field";
import { LockButton } from "./EditField";

type Shared = {
  kind: EditedKind;
  editable: Editable;
  language: string | null;
  isLocked: (key: string) => boolean;
  onLock: (key: string, locked: boolean) => void;
};

const shapes: Record<PictureName, string> = {
  poster: "aspect-2/3 w-24",
  thumbnail: "aspect-video w-40",
  banner: "aspect-[5/1] w-40",
  logo: "aspect-video w-40",
  image: "aspect-square w-24",
};

function Picture({ picture, kind, editable, language, isLocked, onLock }: Shared & { picture: PictureName }) {
  const upload = useUploadPictureOf(kind, editable.slug);
  const edit = useEdit(kind, editable.slug);
  const addressing = useRef<HTMLDialogElement>(null);
  const label = t.edit.pictureNames[picture];
  const own = picture in editable.fields;
  const key = keyOf(picture, own ? null : language);
  const image = pictureOf(editable, key);
  const saved = () => {
    addressing.current?.close();
    showToast(t.common.saved);
  };
  const set = (address: string | null) =>
    edit.mutate(
      own ? { [picture]: address } : { translations: { [language ?? ""]: { [picture]: address } } },
      {
        onSuccess: saved,
        onError: (error) => address === null && showToast(error.message, "error"),
      },
    );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    set(String(new FormData(event.currentTarget).get("address")).trim());
  };
  const busy = upload.isPending || edit.isPending;
  return (
    <li className="flex items-center gap-4 py-4 first:pt-0 last:pb-0" data-testid={`picture-${picture}`}>
      {picture === "logo" ? (
        <div className={`grid shrink-0 place-items-center rounded-xl bg-[#171422] p-2 ${shapes.logo}`}>
          {image && <img src={imageUrl(image, "low")} alt="" className="max-h-full max-w-full" />}
        </div>
      ) : (
        <Artwork image={image} title="" quality="low" className={`shrink-0 rounded-xl ${shapes[picture]}`} />
      )}
      <div className="min-w-0 flex-1">
        <p className="mb-2 flex items-center gap-1 font-bold">
          {label}
          <LockButton label={label} locked={isLocked(key)} onChange={(locked) => onLock(key, locked)} />
        </p>
        <div className="flex flex-wrap gap-2">
          <label
            className={buttonClass(
              "soft",
              "sm",
              "cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text has-disabled:opacity-50",
            )}
          >
            <Upload aria-hidden="true" /> {t.edit.upload}
            <input
              type="file"
              accept="image/*"
              aria-label={t.edit.uploadOf(label)}
              className="sr-only"
              disabled={busy}
              data-testid={`upload-${picture}`}
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                // So that choosing the same file again counts as a choice.
                event.currentTarget.value = "";
                if (file)
                  upload.mutate({ picture, language: own ? null : language, file }, { onSuccess: saved });
              }}
            />
          </label>
          <IconButton
            look="soft"
            size="sm"
            label={t.edit.addressOf(label)}
            disabled={busy}
            onClick={() => addressing.current?.showModal()}
          >
            <Link2 />
          </IconButton>
          {image && (
            <IconButton
              look="danger"
              size="sm"
              label={t.edit.removePicture(label)}
              disabled={busy}
              onClick={() => set(null)}
            >
              <Trash2 />
            </IconButton>
          )}
        </div>
      </div>
      <Dialog ref={addressing} title={t.edit.addressOf(label)} hint={t.edit.addressHint}>
        <form onSubmit={submit} className="mt-5 flex flex-col gap-4">
          <TextField
            label={t.edit.addressField}
            name="address"
            type="url"
            required
            placeholder="https://"
            autoComplete="off"
          />
          <FormError error={edit.error} />
          <div className="flex justify-end gap-3">
            <Button look="soft" onClick={() => addressing.current?.close()}>
              {t.common.cancel}
            </Button>
            <Button type="submit" disabled={busy}>
              {t.common.save}
            </Button>
          </div>
        </form>
      </Dialog>
    </li>
  );
}

export const EditPictures = (shared: Shared) => (
  <Card title={t.edit.pictures}>
    <ul className="divide-y divide-line">
      {forms[shared.kind].pictures.map((picture) => (
        <Picture key={picture} picture={picture} {...shared} />
      ))}
    </ul>
  </Card>
);
