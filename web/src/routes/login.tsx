/** Logging in with a password (and a second factor), a passkey, or another provider. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { Globe, KeyRound, Smartphone } from "lucide-react";
import { type FormEvent, useCallback, useState } from "react";
import { providerLink, useLogin, usePasskeyLogin } from "~/api/login";
import type { Challenge } from "~/api/models/accounts";
import { serverInfo } from "~/api/users";
import { nextPage, ownAddress } from "~/lib/addresses";
import { t } from "~/lib/strings";
import { passkeysSupported } from "~/lib/webauthn";
import { AuthPage, FormError } from "~/ui/account/AuthPage";
import { DeviceLogin } from "~/ui/account/DeviceLogin";
import { SecondFactorForm } from "~/ui/account/SecondFactorForm";
import { OtherServerForm } from "~/ui/admin/OtherServerForm";
import { Button, buttonClass } from "~/ui/Button";
import { TextField } from "~/ui/Field";

const route = getRouteApi("/login");

/** Only pictures of this server: the content security policy refuses all others. */
const ProviderLogo = ({ url }: { url: string | null | undefined }) =>
  url && (ownAddress(url) || url.startsWith("data:image/")) ? (
    <img src={url} alt="" className="size-5" />
  ) : null;

export function Login() {
  const { next, again } = route.useSearch();
  const info = useQuery(serverInfo).data;
  const login = useLogin();
  const passkey = usePasskeyLogin();
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const [onPhone, setOnPhone] = useState(false);
  const [elsewhere, setElsewhere] = useState(false);
  const enter = useCallback(() => location.assign(nextPage(next)), [next]);

  if (challenge) {
    return <SecondFactorForm challenge={challenge} onDone={enter} onCancel={() => setChallenge(null)} />;
  }
  if (onPhone) return <DeviceLogin onDone={enter} onCancel={() => setOnPhone(false)} />;
  if (elsewhere) {
    return (
      <AuthPage title={t.login.otherServer} subtitle={t.login.otherServerHint}>
        <div className="flex flex-col gap-4">
          <OtherServerForm autoFocus />
          <Button look="ghost" onClick={() => setElsewhere(false)}>
            {t.login.startAgain}
          </Button>
        </div>
      </AuthPage>
    );
  }
  if (info?.setup && info.allowRegister) return <Navigate to="/register" search={{ next }} replace />;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    passkey.reset();
    login.mutate(
      { login: String(form.get("login")), password: String(form.get("password")) },
      { onSuccess: (waiting) => (waiting ? setChallenge(waiting) : enter()) },
    );
  };

  const providers = Object.entries(info?.oidc ?? {});
  return (
    <AuthPage title={t.login.title} subtitle={again ? t.login.again : t.login.subtitle}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {providers.map(([id, provider]) => (
          <a key={id} className={buttonClass("soft")} href={providerLink(id)}>
            <ProviderLogo url={provider.logo} /> {t.login.continueWith(provider.name)}
          </a>
        ))}
        {providers.length > 0 && <p className="text-center text-sm text-muted">{t.login.or}</p>}
        <TextField
          label={t.login.login}
          name="login"
          autoComplete="username"
          required
          autoFocus
          data-testid="login-login"
        />
        <TextField
          label={t.login.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          data-testid="login-password"
        />
        {info?.features && (
          <Link to="/reset" className="-mt-2 self-end text-sm font-bold text-accent-text hover:underline">
            {t.login.forgot}
          </Link>
        )}
        <FormError error={login.error ?? passkey.error} />
        <Button type="submit" size="lg" disabled={login.isPending} data-testid="login-submit">
          {t.login.submit}
        </Button>
        {info?.features?.passkeys && passkeysSupported() && (
          <Button
            look="soft"
            size="lg"
            disabled={passkey.isPending}
            data-testid="login-passkey"
            onClick={() => {
              login.reset();
              passkey.mutate(undefined, { onSuccess: enter });
            }}
          >
            <KeyRound aria-hidden="true" /> {t.login.withPasskey}
          </Button>
        )}
        {info?.features?.federation && (
          <Button look="ghost" onClick={() => setElsewhere(true)} data-testid="login-elsewhere">
            <Globe aria-hidden="true" /> {t.login.otherServer}
          </Button>
        )}
        {info?.features && (
          <Button look="ghost" onClick={() => setOnPhone(true)} data-testid="login-phone">
            <Smartphone aria-hidden="true" /> {t.login.onPhone}
          </Button>
        )}
      </form>
      {info?.allowRegister && (
        <p className="mt-5 text-center text-sm text-muted">
          {t.login.noAccount}{" "}
          <Link to="/register" search={{ next }} className="font-bold text-accent-text hover:underline">
            {t.login.register}
          </Link>
        </p>
      )}
    </AuthPage>
  );
}
