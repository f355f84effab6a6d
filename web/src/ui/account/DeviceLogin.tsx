/** Logging in on a screen without a keyboard: shows a code and its picture until a phone has confirmed it. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { deviceCode, deviceToken } from "~/api/login";
import { t } from "~/lib/strings";
import { Button } from "~/ui/Button";
import { QrCode } from "~/ui/Secret";
import { Spinner } from "~/ui/states";
import { AuthPage, FormError } from "./AuthPage";

type Props = { onDone: () => void; onCancel: () => void };

export function DeviceLogin({ onDone, onCancel }: Props) {
  const code = useQuery(deviceCode);
  const token = useQuery({ ...deviceToken(code.data), enabled: code.data !== undefined });
  const done = token.data === true;
  useEffect(() => {
    if (done) onDone();
  }, [done, onDone]);
  const error = code.error ?? token.error;
  return (
    <AuthPage title={t.login.onPhone} subtitle={t.login.onPhoneHint}>
      <div className="flex flex-col gap-5">
        {code.isPending && <Spinner className="mx-auto size-8" />}
        {code.data && !error && (
          <div className="flex flex-col items-center gap-4 text-center">
            <QrCode svg={code.data.qr} label={t.login.phoneQr} />
            <p className="text-sm text-muted">{t.login.orOpen}</p>
            <p className="font-bold break-all">{code.data.verificationUri}</p>
            <p className="font-mono text-3xl font-bold tracking-widest" data-testid="device-user-code">
              {code.data.userCode}
            </p>
          </div>
        )}
        <FormError error={error} />
        {error && <Button onClick={() => void code.refetch()}>{t.login.newCode}</Button>}
        <Button look="soft" size="lg" onClick={onCancel}>
          {t.common.cancel}
        </Button>
      </div>
    </AuthPage>
  );
}
