/** A forgotten password: asking for a link by mail, and, with the link, choosing a new password. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { useRequestReset, useResetPassword } from "~/api/login";
import { serverInfo, usePasswordRule } from "~/api/users";
import { t } from "~/lib/strings";
import { AuthPage, FormError } from "~/ui/account/AuthPage";
import { Button, ButtonLink } from "~/ui/Button";
import { TextField } from "~/ui/Field";
import { Spinner } from "~/ui/states";

const route = getRouteApi("/reset");

const Done = ({ children }: { children: ReactNode }) => (
  <div role="status" className="flex flex-col gap-5">
    <p className="rounded-xl bg-good/12 px-4 py-3 font-semibold text-good">{children}</p>
    <ButtonLink to="/login" size="lg">
      {t.reset.toLogin}
    </ButtonLink>
  </div>
);

function Request() {
  const query = useQuery(serverInfo);
  const info = query.data;
  const request = useRequestReset();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    request.mutate(String(new FormData(event.currentTarget).get("login")));
  };
  const mail = info?.features?.mail ?? false;
  return (
    <AuthPage title={t.reset.title} subtitle={info ? (mail ? t.reset.subtitle : t.reset.noMail) : ""}>
      {query.isPending && <Spinner className="mx-auto size-8" />}
      <FormError error={query.error} />
      {request.isSuccess && <Done>{t.reset.sent}</Done>}
      {mail && !request.isSuccess && (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <TextField
            label={t.login.login}
            name="login"
            autoComplete="username"
            required
            autoFocus
            data-testid="reset-login"
          />
          <FormError error={request.error} />
          <Button type="submit" size="lg" disabled={request.isPending} data-testid="reset-request">
            {t.reset.send}
          </Button>
        </form>
      )}
      {!request.isSuccess && (
        <p className="mt-5 text-center text-sm">
          <Link to="/login" className="font-bold text-accent-text hover:underline">
            {t.reset.toLogin}
          </Link>
        </p>
      )}
    </AuthPage>
  );
}

function NewPassword({ token }: { token: string }) {
  const reset = useResetPassword(token);
  const rule = usePasswordRule();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    reset.mutate(String(new FormData(event.currentTarget).get("password")));
  };
  return (
    <AuthPage title={t.reset.newTitle} subtitle={reset.isSuccess ? "" : t.reset.newSubtitle}>
      {reset.isSuccess ? (
        <Done>{t.reset.done}</Done>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <TextField
            label={t.settings.newPassword}
            name="password"
            type="password"
            autoComplete="new-password"
            required
            autoFocus
            {...rule}
            data-testid="reset-password"
          />
          <FormError error={reset.error} />
          <Button type="submit" size="lg" disabled={reset.isPending} data-testid="reset-submit">
            {t.common.save}
          </Button>
        </form>
      )}
    </AuthPage>
  );
}

export function Reset() {
  const { token } = route.useSearch();
  return token ? <NewPassword token={token} /> : <Request />;
}
