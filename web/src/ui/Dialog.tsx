/** A modal dialog over the page, and the question "are you sure?". Open it with `ref.current?.showModal()`. */
import { type ReactNode, type Ref, useId } from "react";
import { t } from "~/lib/strings";
import { Button } from "./Button";

type Props = {
  ref: Ref<HTMLDialogElement>;
  title: string;
  hint?: string;
  onClose?: () => void;
  children: ReactNode;
};

export function Dialog({ ref, title, hint, onClose, children }: Props) {
  const id = useId();
  return (
    <dialog
      ref={ref}
      onClose={onClose}
      aria-labelledby={id}
      className="m-auto w-[min(28rem,92vw)] rounded-3xl border border-line bg-surface p-6 text-ink backdrop:bg-black/60"
    >
      <h3 id={id} className="text-lg font-bold break-words">
        {title}
      </h3>
      {hint && <p className="mt-2 text-muted text-pretty">{hint}</p>}
      {children}
    </dialog>
  );
}

type ConfirmProps = Omit<Props, "children"> & { action: string; onConfirm: () => void; testId?: string };

export const ConfirmDialog = ({ action, onConfirm, testId, ...props }: ConfirmProps) => (
  <Dialog {...props}>
    <form method="dialog" className="mt-6 flex flex-wrap justify-end gap-3">
      <Button type="submit" look="soft">
        {t.common.cancel}
      </Button>
      <Button type="submit" look="danger" onClick={onConfirm} data-testid={testId}>
        {action}
      </Button>
    </form>
  </Dialog>
);
