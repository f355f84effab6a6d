/** Appearance and playback. */
import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import type { ChapterSkip, ChapterType, User } from "~/api/models";
import { useMe, useUpdateMe } from "~/api/users";
import { getPreferences, setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { getTheme, setTheme, type Theme } from "~/lib/theme";
import { ButtonLink } from "~/ui/Button";
import { Card, SelectField } from "~/ui/Field";

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

export function General() {
  const me = useMe();
  return (
    <>
      <Appearance />
      <Playback user={me} />
      {!me && (
        <Card title={t.settings.account}>
          <p className="mb-4 text-muted">{t.settings.guest}</p>
          <ButtonLink to="/login">{t.nav.logIn}</ButtonLink>
        </Card>
      )}
    </>
  );
}
