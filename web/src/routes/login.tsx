/** Logging in with a password or another provider. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { serverInfo, useLogin } from "~/api/users";
import { t } from "~/lib/strings";
import { AuthPage, FormError } from "~/ui/AuthPage";
import { Button, buttonClass } from "~/ui/Button";
import { TextField } from "~/ui/Field";

const route = getRouteApi("/login");

/** Only paths of this site: a link from elsewhere must not send anyone away after logging in. */
export const safeNext = (next: string | undefined) => (next && /^\/(?![/\\])/.test(next) ? next : "/");

export function Login() {
  const { next } = route.useSearch();
  const info = useQuery(serverInfo).data;
  const login = useLogin();

  if (info?.setup && info.allowRegister) return <Navigate to="/register" search={{ next }} replace />;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    login.mutate(
      { login: String(form.get("login")), password: String(form.get("password")) },
      { onSuccess: () => location.assign(safeNext(next)) },
    );
  };

  const providers = Object.entries(info?.oidc ?? {});
  return (
    <AuthPage title={t.login.title} subtitle={t.login.subtitle}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {providers.map(([id, provider]) => (
          <a
            key={id}
            className={buttonClass("soft")}
            href={`/auth/oidc/login/${id}?redirectUrl=${encodeURIComponent(`${location.origin}/oidc-callback?apiUrl=${location.origin}`)}`}
          >
            {t.login.continueWith(provider.name)}
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
        <FormError error={login.error} />
        <Button type="submit" size="lg" disabled={login.isPending} data-testid="login-submit">
          {t.login.submit}
        </Button>
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
