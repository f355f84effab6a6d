/** Opens a room for what plays. */
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { type FormEvent, useRef } from "react";
import type { Control } from "~/api/models/rooms";
import { createRoom } from "~/api/rooms";
import { t } from "~/lib/strings";
import { ControlButton } from "~/player/Controls";
import { FormError } from "~/ui/account/AuthPage";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";

type Props = { video: string; position: () => number; onOpenChange: (open: boolean) => void };

export function StartRoom({ video, position, onOpenChange }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  const creation = useMutation({
    mutationFn: createRoom,
    meta: { shownInPlace: true },
    onSuccess: ({ slug: room }) =>
      navigate({
        to: "/rooms/$room",
        params: { room },
        search: { t: String(Math.floor(position())) },
        replace: true,
      }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    creation.mutate({
      video,
      guests: form.get("guests") === "on",
      control: String(form.get("control")) as Control,
    });
  };
  return (
    <>
      <ControlButton
        label={t.rooms.start}
        onClick={() => {
          dialog.current?.showModal();
          onOpenChange(true);
        }}
        testId="start-room"
      >
        <Users />
      </ControlButton>
      <Dialog ref={dialog} title={t.rooms.start} hint={t.rooms.startHint} onClose={() => onOpenChange(false)}>
        <form onSubmit={submit} className="mt-5 flex flex-col gap-4">
          <label className="flex items-start gap-3">
            <input type="checkbox" name="guests" className="mt-1 size-5 accent-accent" />
            <span>
              <span className="block font-bold">{t.rooms.guests}</span>
              <span className="block text-sm text-muted">{t.rooms.guestsHint}</span>
            </span>
          </label>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-2 font-bold">{t.rooms.control}</legend>
            {(["everyone", "host"] as const).map((value) => (
              <label key={value} className="flex items-center gap-3">
                <input
                  type="radio"
                  name="control"
                  value={value}
                  defaultChecked={value === "everyone"}
                  className="size-5 accent-accent"
                />
                {t.rooms.controls[value]}
              </label>
            ))}
          </fieldset>
          <FormError error={creation.error} />
          <div className="mt-2 flex flex-wrap justify-end gap-3">
            <Button look="soft" onClick={() => dialog.current?.close()}>
              {t.common.cancel}
            </Button>
            <Button type="submit" disabled={creation.isPending} data-testid="make-room">
              {t.rooms.make}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
