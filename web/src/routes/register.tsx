/** Creating an account, with an invitation if the server asks for one; the very first account becomes the administrator. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { invitationCheck, useRegister } from "~/api/login";
import { serverInfo, usePasswordRule } from "~/api/users";
import { nextPage } from "~/lib/addresses";
import { formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { AuthPage, FormError } from "~/ui/account/AuthPage";
import { FirstRestore } from "~/ui/admin/FirstRestore";
import { Button } from "~/ui/Button";
import { TextField } from "~/ui/Field";
import { Spinner } from "~/ui/states";

const route = getRouteApi("/register");

export function Register() {
  const { next, invitation } = route.useSearch();
  const info = useQuery(serverInfo).data;
  const invited = useQuery({ ...invitationCheck(invitation ?? ""), enabled: Boolean(invitation) });
  const register = useRegister(invited.data ? invitation : undefined);
  const rule = usePasswordRule();
  const setup = info?.setup ?? false;
  const closed = info?.allowRegister === false && !invited.data;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => String(form.get(name));
    register.mutate(
      { username: value("username"), email: value("email"), password: value("password") },
      { onSuccess: () => location.assign(nextPage(next)) },
    );
  };

  const subtitle = () => {
    if (invited.data) return t.register.invited(formatDate(invited.data.expireAt));
    if (closed) return t.register.closed;
    return setup ? t.register.setupSubtitle : t.register.subtitle;
  };

  if (invited.isLoading) {
    return (
      <AuthPage title={t.register.title} subtitle="">
        <Spinner className="mx-auto size-8" />
      </AuthPage>
    );
  }

  return (
    <AuthPage title={setup ? t.register.setupTitle : t.register.title} subtitle={subtitle()}>
      {invited.data?.note && (
        <p className="mb-5 rounded-xl bg-accent/12 px-4 py-3 font-semibold text-pretty">
          {invited.data.note}
        </p>
      )}
      {invited.isError && (
        <div className="mb-5">
          <FormError error={invited.error} />
        </div>
      )}
      {!closed && (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <TextField
            label={t.register.username}
            name="username"
            autoComplete="username"
            pattern="[^@]+"
            maxLength={256}
            required
            autoFocus
            data-testid="register-username"
          />
          <TextField
            label={t.register.email}
            name="email"
            type="email"
            autoComplete="email"
            maxLength={320}
            required
            data-testid="register-email"
          />
          <TextField
            label={t.register.password}
            name="password"
            type="password"
            autoComplete="new-password"
            required
            {...rule}
            data-testid="register-password"
          />
          <FormError error={register.error} />
          <Button type="submit" size="lg" disabled={register.isPending} data-testid="register-submit">
            {setup ? t.register.setupSubmit : t.register.submit}
          </Button>
        </form>
      )}
      {setup && <p className="mt-6 text-sm text-muted">{t.register.setupMetadata}</p>}
      {setup && <FirstRestore />}
      {!setup && (
        <p className="mt-5 text-center text-sm text-muted">
          {t.register.haveAccount}{" "}
          <Link to="/login" search={{ next }} className="font-bold text-accent-text hover:underline">
            {t.register.login}
          </Link>
        </p>
      )}
    </AuthPage>
  );
}
