/** Creating an account; the very first one becomes the administrator. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { serverInfo, useRegister } from "~/api/users";
import { t } from "~/lib/strings";
import { AuthPage, FormError } from "~/ui/AuthPage";
import { Button } from "~/ui/Button";
import { TextField } from "~/ui/Field";
import { safeNext } from "./login";

const route = getRouteApi("/register");

export function Register() {
  const { next } = route.useSearch();
  const info = useQuery(serverInfo).data;
  const register = useRegister();
  const setup = info?.setup ?? false;
  const closed = info?.allowRegister === false;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => String(form.get(name));
    register.mutate(
      { username: value("username"), email: value("email"), password: value("password") },
      { onSuccess: () => location.assign(safeNext(next)) },
    );
  };

  return (
    <AuthPage
      title={setup ? t.register.setupTitle : t.register.title}
      subtitle={closed ? t.register.closed : setup ? t.register.setupSubtitle : t.register.subtitle}
    >
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
            data-testid="register-password"
          />
          <FormError error={register.error} />
          <Button type="submit" size="lg" disabled={register.isPending} data-testid="register-submit">
            {setup ? t.register.setupSubmit : t.register.submit}
          </Button>
        </form>
      )}
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
