/** The authenticator app: setting it up (QR code, first code, recovery codes), turning it off, and new recovery codes. */
import { type FormEvent, useState } from "react";
import { useConfirmTotp, useRemoveTotp, useRenewRecoveryCodes, useStartTotp } from "~/api/security";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { FormError } from "~/ui/account/AuthPage";
import { Button } from "~/ui/Button";
import { Card, TextField } from "~/ui/Field";
import { QrCode, Secret } from "~/ui/Secret";

type CodeFormProps = {
  label: string;
  action: string;
  danger?: boolean;
  pending: boolean;
  error: Error | null;
  onSubmit: (code: string) => void;
  onCancel: () => void;
};

function CodeForm({ label, action, danger = false, pending, error, onSubmit, onCancel }: CodeFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(String(new FormData(event.currentTarget).get("code")).trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={label}
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        required
        autoFocus
        data-testid="totp-code"
      />
      <FormError error={error} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look={danger ? "danger" : "solid"} disabled={pending} data-testid="totp-submit">
          {action}
        </Button>
        <Button look="ghost" onClick={onCancel}>
          {t.common.cancel}
        </Button>
      </div>
    </form>
  );
}

function SetUp({ confirm }: { confirm: ReturnType<typeof useConfirmTotp> }) {
  const start = useStartTotp();
  if (!start.data) {
    return (
      <>
        <p className="mb-5 text-muted">{t.security.totpOff}</p>
        <Button disabled={start.isPending} onClick={() => start.mutate()} data-testid="totp-start">
          {t.security.setUp}
        </Button>
      </>
    );
  }
  const { qr, secret } = start.data;
  return (
    <div className="flex flex-col gap-5">
      <p className="text-muted">{t.security.scan}</p>
      <div className="flex flex-col items-center gap-6 sm:flex-row sm:items-start">
        <QrCode svg={qr} label={t.security.qr} />
        <div className="flex w-full min-w-0 flex-1 flex-col gap-4">
          <Secret label={t.security.secret} value={secret} testId="totp-secret" />
        </div>
      </div>
      <CodeForm
        label={t.security.code}
        action={t.security.confirm}
        pending={confirm.isPending}
        error={confirm.error}
        onSubmit={(code) => confirm.mutate(code)}
        onCancel={() => {
          start.reset();
          confirm.reset();
        }}
      />
    </div>
  );
}

function TurnOff({ remove }: { remove: ReturnType<typeof useRemoveTotp> }) {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <>
        <p className="mb-5 text-muted">{t.security.totpOn}</p>
        <Button look="danger" onClick={() => setAsked(true)} data-testid="totp-off">
          {t.security.turnOff}
        </Button>
      </>
    );
  }
  return (
    <CodeForm
      label={t.security.turnOffHint}
      action={t.security.turnOff}
      danger
      pending={remove.isPending}
      error={remove.error}
      onSubmit={(code) => remove.mutate(code, { onSuccess: () => showToast(t.security.turnedOff) })}
      onCancel={() => setAsked(false)}
    />
  );
}

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <div className="flex flex-col items-start gap-5">
      <div className="w-full">
        <Secret
          label={t.security.recovery}
          value={codes.join("\n")}
          hint={t.security.recoveryHint}
          testId="recovery-codes"
        />
      </div>
      <Button onClick={onDone} data-testid="recovery-saved">
        {t.security.recoverySaved}
      </Button>
    </div>
  );
}

/** `left` codes are still good. */
export function Recovery({ left, totp }: { left: number; totp: boolean }) {
  const renew = useRenewRecoveryCodes();
  const [asked, setAsked] = useState(false);
  return (
    <Card title={t.security.recovery}>
      {renew.data ? (
        <RecoveryCodes codes={renew.data.recoveryCodes} onDone={renew.reset} />
      ) : asked && totp ? (
        <CodeForm
          label={t.security.recoveryRenewHint}
          action={t.security.recoveryRenew}
          pending={renew.isPending}
          error={renew.error}
          onSubmit={(code) => renew.mutate(code, { onSuccess: () => setAsked(false) })}
          onCancel={() => setAsked(false)}
        />
      ) : (
        <>
          <p className={`mb-5 ${left < 3 ? "text-warn" : "text-muted"}`}>{t.security.recoveryLeft(left)}</p>
          <Button
            look="soft"
            disabled={renew.isPending}
            onClick={() => (totp ? setAsked(true) : renew.mutate(null))}
            data-testid="recovery-renew"
          >
            {t.security.recoveryRenew}
          </Button>
        </>
      )}
    </Card>
  );
}

export function Totp({ on }: { on: boolean }) {
  // Both change `on`, which replaces what is shown here: their results must outlive that.
  const confirm = useConfirmTotp();
  const remove = useRemoveTotp();
  return (
    <Card
      title={t.security.totp}
      action={
        on && (
          <span className="rounded-full bg-good/15 px-3 py-1 text-sm font-bold text-good">
            {t.security.on}
          </span>
        )
      }
    >
      {confirm.data ? (
        <RecoveryCodes codes={confirm.data.recoveryCodes} onDone={confirm.reset} />
      ) : on ? (
        <TurnOff remove={remove} />
      ) : (
        <SetUp confirm={confirm} />
      )}
    </Card>
  );
}
