/** The reader's settings: appearance, playback, account, devices. */

import { useQuery } from "@tanstack/react-query";
import { Monitor, Moon, Sun } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { ChapterSkip, ChapterType, User } from "~/api/models";
import { logOut, mySessions, useChangePassword, useMe, useRevokeSession, useUpdateMe } from "~/api/users";
import { formatAgo } from "~/lib/format";
import { getPreferences, setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { getTheme, setTheme, type Theme } from "~/lib/theme";
import { showToast } from "~/lib/toast";
import { FormError } from "~/ui/AuthPage";
import { Button, ButtonLink } from "~/ui/Button";
import { Card, SelectField, TextField } from "~/ui/Field";
import { PageTitle } from "~/ui/PageTitle";

const icons: Record<Theme, typeof Sun> = { system: Monitor, light: Sun, dark: Moon };

function Appearance() {
  const [theme, set] = useState(getTheme);
  return (
    <Card title={t.settings.appearance}>
      <fieldset className="grid grid-cols-3 gap-3">
        <legend className="mb-2 text-sm font-bold">{t.settings.theme}</legend>
        {(Object.keys(icons) as Theme[]).map((value) => {
          const Icon = icons[value];
          return (
            <label
              key={value}
              className="flex cursor-pointer flex-col items-center gap-2 rounded-2xl border-2 border-line p-4 text-sm font-bold transition-colors hover:border-muted has-checked:border-accent has-checked:bg-accent/10 has-focus-visible:outline-2"
            >
              <input
                type="radio"
                name="theme"
                value={value}
                checked={theme === value}
                className="sr-only"
                onChange={() => {
                  setTheme(value);
                  set(value);
                }}
              />
              <Icon className="size-6" aria-hidden="true" />
              {t.settings.themes[value]}
            </label>
          );
        })}
      </fieldset>
    </Card>
  );
}

type Skippable = Exclude<ChapterType, "content">;

function Playback({ user }: { user: User | null }) {
  const [mode, setMode] = useState(() => getPreferences().playMode);
  const update = useUpdateMe();
  const settings = user?.claims.settings ?? {};
  const setSkip = (chapter: Skippable, value: ChapterSkip) =>
    update.mutate({
      // The server replaces `settings` whole: everything else must be sent along.
      claims: { settings: { ...settings, chapterSkip: { ...settings.chapterSkip, [chapter]: value } } },
    });
  const options = (chapter: Skippable) => {
    const { autoSkipExceptFirstAppearance, ...rest } = t.settings.skips;
    return chapter === "intro" || chapter === "credits" ? t.settings.skips : { ...rest };
  };
  return (
    <Card title={t.settings.playback}>
      <SelectField
        label={t.settings.playMode}
        value={mode}
        options={t.settings.playModes}
        onChange={(value) => {
          setPreferences({ playMode: value });
          setMode(value);
        }}
      />
      {user && (
        <>
          <h3 className="mt-6 font-sans text-sm font-bold">{t.settings.chapterSkip}</h3>
          <p className="mb-3 text-sm text-muted">{t.settings.chapterSkipHint}</p>
          <div className="grid gap-4 sm:grid-cols-2">
            {(Object.keys(t.settings.chapters) as Skippable[]).map((chapter) => (
              <SelectField<ChapterSkip>
                key={chapter}
                label={t.settings.chapters[chapter]}
                value={settings.chapterSkip?.[chapter] ?? "showSkipButton"}
                options={options(chapter) as Record<ChapterSkip, string>}
                onChange={(value) => setSkip(chapter, value)}
              />
            ))}
          </div>
        </>
      )}
    </Card>
  );
}

function Account({ user }: { user: User }) {
  const update = useUpdateMe();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    update.mutate(
      { username: String(form.get("username")), email: String(form.get("email")) },
      { onSuccess: () => showToast(t.common.saved) },
    );
  };
  return (
    <Card title={t.settings.account}>
      <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t.settings.username}
          name="username"
          defaultValue={user.username}
          pattern="[^@]+"
          required
        />
        <TextField label={t.settings.email} name="email" type="email" defaultValue={user.email} required />
        <div className="sm:col-span-2">
          <Button type="submit" disabled={update.isPending}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Password({ user }: { user: User }) {
  const change = useChangePassword();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    change.mutate(
      {
        oldPassword: user.hasPassword ? String(form.get("old")) : null,
        newPassword: String(form.get("new")),
      },
      {
        onSuccess: () => {
          element.reset();
          showToast(t.settings.passwordChanged);
        },
      },
    );
  };
  return (
    <Card title={t.settings.password}>
      <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
        {user.hasPassword && (
          <TextField
            label={t.settings.oldPassword}
            name="old"
            type="password"
            autoComplete="current-password"
            required
          />
        )}
        <TextField
          label={t.settings.newPassword}
          name="new"
          type="password"
          autoComplete="new-password"
          required
        />
        <div className="flex flex-col items-start gap-3 sm:col-span-2">
          <FormError error={change.error} />
          <Button type="submit" disabled={change.isPending}>
            {t.settings.changePassword}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Sessions() {
  const { data } = useQuery(mySessions);
  const revoke = useRevokeSession();
  return (
    <Card
      title={t.settings.sessions}
      action={
        <Button look="soft" size="sm" onClick={() => void logOut()} data-testid="settings-logout">
          {t.settings.logOutHint}
        </Button>
      }
    >
      <ul className="divide-y divide-line">
        {data?.map((session) => (
          <li key={session.id} className="flex items-center gap-4 py-3 first:pt-0 last:pb-0">
            <div className="min-w-0 flex-1">
              <p className="truncate font-bold">
                {session.device ?? t.settings.unknownDevice}
                {session.current && (
                  <span className="ml-2 text-sm text-accent-text">{t.settings.current}</span>
                )}
              </p>
              <p className="text-sm text-muted">{t.settings.lastUsed(formatAgo(session.lastUsed))}</p>
            </div>
            {!session.current && (
              <Button
                look="danger"
                size="sm"
                disabled={revoke.isPending}
                onClick={() => revoke.mutate(session.id)}
              >
                {t.settings.revoke}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function Settings() {
  const me = useMe();
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-5 px-4 pt-6">
      <PageTitle name={t.settings.title} />
      <h1 className="text-2xl font-extrabold tracking-tight md:text-3xl">{t.settings.title}</h1>
      <Appearance />
      <Playback user={me} />
      {me ? (
        <>
          <Account key={me.id} user={me} />
          <Password user={me} />
          <Sessions />
        </>
      ) : (
        <Card title={t.settings.account}>
          <p className="mb-4 text-muted">{t.settings.guest}</p>
          <ButtonLink to="/login">{t.nav.logIn}</ButtonLink>
        </Card>
      )}
    </div>
  );
}
