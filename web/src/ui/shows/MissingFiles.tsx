/** Files that were there and are not now: they are kept, with everybody's history, until somebody gives them up. */
import { useRef } from "react";
import { useRescan, useScanProgress } from "~/api/scanner";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Button } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";

export function MissingFiles() {
  const { data } = useScanProgress();
  const rescan = useRescan();
  const asking = useRef<HTMLDialogElement>(null);
  if (!data?.missing) return null;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3" data-testid="missing-files">
      <p className="font-semibold">{t.scan.missing(data.missing)}</p>
      <Button
        look="danger"
        size="sm"
        disabled={rescan.isPending}
        onClick={() => asking.current?.showModal()}
        data-testid="give-up"
      >
        {t.scan.giveUp}
      </Button>
      <ConfirmDialog
        ref={asking}
        title={`${t.scan.giveUp}?`}
        hint={t.scan.giveUpHint}
        action={t.scan.giveUp}
        onConfirm={() =>
          rescan.mutate({ removeMissing: true }, { onSuccess: () => showToast(t.admin.scanning) })
        }
        testId="give-up-confirm"
      />
    </div>
  );
}
