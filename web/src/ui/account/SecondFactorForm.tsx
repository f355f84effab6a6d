/** The second step of a log-in: a code of the authenticator app, a recovery code, or a passkey. */
import { KeyRound } from "lucide-react";
import type { FormEvent } from "react";
import { useSecondFactorCode, useSecondFactorPasskey } from "~/api/login";
import type { Challenge } from "~/api/models/accounts";
import { t } from "~/lib/strings";
import { passkeysSupported } from "~/lib/webauthn";
import { Button } from "~/ui/Button";
import { TextField } from "~/ui/Field";
import { AuthPage, FormError } from "./AuthPage";

type Props = { challenge: Challenge; onDone: () => void; onCancel: () => void };

export function SecondFactorForm({ challenge, onDone, onCancel }: Props) {
  const code = useSecondFactorCode();
  const passkey = useSecondFactorPasskey();
  const withCode = challenge.factors.includes("totp");
  const withPasskey = challenge.factors.includes("passkey") && passkeysSupported();

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("code")).trim();
    passkey.reset();
    code.mutate({ challenge: challenge.challenge, code: text }, { onSuccess: onDone });
  };

  const subtitle = () => {
    if (withCode) return t.login.secondFactorCode;
    return withPasskey ? t.login.secondFactorPasskey : t.login.passkeyImpossible;
  };

  const passkeyButton = withPasskey && (
    <Button
      look={withCode ? "soft" : "solid"}
      size="lg"
      className="w-full"
      disabled={passkey.isPending}
      data-testid="second-factor-passkey"
      onClick={() => {
        code.reset();
        passkey.mutate(challenge.challenge, { onSuccess: onDone });
      }}
    >
      <KeyRound aria-hidden="true" /> {t.login.usePasskey}
    </Button>
  );

  return (
    <AuthPage title={t.login.secondFactor} subtitle={subtitle()}>
      {!withCode && withPasskey && (
        <>
          {passkeyButton}
          <p className="my-4 text-center text-sm text-muted">{t.login.or}</p>
        </>
      )}
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={withCode ? t.login.code : t.login.recoveryCode}
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          required
          autoFocus={withCode}
          data-testid="second-factor-code"
        />
        <FormError error={code.error ?? passkey.error} />
        <Button
          type="submit"
          look={withCode ? "solid" : "soft"}
          size="lg"
          disabled={code.isPending}
          data-testid="second-factor-submit"
        >
          {t.login.submit}
        </Button>
        {withCode && passkeyButton}
        <Button look="ghost" onClick={onCancel}>
          {t.login.startAgain}
        </Button>
      </form>
    </AuthPage>
  );
}
