/** Appearance and playback. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Eye, Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import type { ChapterSkip, User, UserSettings } from "~/api/models/accounts";
import type { Show } from "~/api/models/catalogue";
import type { ChapterType } from "~/api/models/files";
import { hiddenShows, useHide } from "~/api/profiles";
import { useMe, useUpdateMe } from "~/api/users";
import { commonLanguages, languageName } from "~/lib/format";
import { getPreferences, setPreferences } from "~/lib/preferences";
import { t } from "~/lib/strings";
import { getTheme, setTheme, type Theme } from "~/lib/theme";
import { Artwork, qualityFor } from "~/ui/Artwork";
import { CalendarCard } from "~/ui/account/CalendarCard";
import { Button, ButtonLink } from "~/ui/Button";
import { Card, SelectField } from "~/ui/Field";
import { showLink } from "~/ui/links";

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

/** Languages to choose from, with the one that was chosen elsewhere, whatever it is. */
function offered(current: string | null | undefined): Record<string, string> {
  const known: Record<string, string> = { ...t.settings.audioChoices, ...t.settings.subtitleChoices };
  const other = current && !(current in known) ? { [current]: languageName(current) } : {};
  return { ...commonLanguages(), ...other };
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
  const setLanguage = (choice: Pick<UserSettings, "audioLanguage" | "subtitleLanguage">) => {
    // What was chosen in this browser's player would come first.
    setPreferences(
      "audioLanguage" in choice ? { audioLanguage: undefined } : { subtitleLanguage: undefined },
    );
    update.mutate({ claims: { settings: { ...settings, ...choice } } });
  };
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
          <div className="mt-4 grid gap-4 sm:grid-cols-2">
            <SelectField<string>
              label={t.settings.audioLanguage}
              value={settings.audioLanguage ?? "default"}
              options={{ ...t.settings.audioChoices, ...offered(settings.audioLanguage) }}
              onChange={(audioLanguage) => setLanguage({ audioLanguage })}
            />
            <SelectField<string>
              label={t.settings.subtitleLanguage}
              value={settings.subtitleLanguage ?? ""}
              options={{ ...t.settings.subtitleChoices, ...offered(settings.subtitleLanguage) }}
              onChange={(language) => setLanguage({ subtitleLanguage: language || null })}
            />
          </div>
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

/** The shows that are hidden from the home page, each with a way back. */
function HiddenShows() {
  const { data } = useQuery(hiddenShows);
  if (!data?.length) return null;
  return (
    <Card title={t.settings.hidden}>
      <p className="mb-3 text-muted">{t.settings.hiddenHint}</p>
      <ul className="divide-y divide-line">
        {data.map((show) => (
          <HiddenShow key={show.id} show={show} />
        ))}
      </ul>
    </Card>
  );
}

function HiddenShow({ show }: { show: Show }) {
  const hide = useHide(show);
  return (
    <li className="flex items-center gap-3.5 py-2.5" data-testid="hidden-show">
      <Artwork
        image={show.poster}
        title={show.name}
        quality={qualityFor(44)}
        className="aspect-2/3 w-11 shrink-0 rounded-lg"
      />
      <Link {...showLink(show)} className="min-w-0 flex-1 truncate font-bold hover:text-accent-text">
        {show.name}
      </Link>
      <Button look="soft" size="sm" disabled={hide.isPending} onClick={() => hide.mutate(false)}>
        <Eye aria-hidden="true" /> {t.home.show}
      </Button>
    </li>
  );
}

export function General() {
  const me = useMe();
  return (
    <>
      <Appearance />
      <Playback user={me} />
      {me && <CalendarCard />}
      {me && <HiddenShows />}
      {!me && (
        <Card title={t.settings.account}>
          <p className="mb-4 text-muted">{t.settings.guest}</p>
          <ButtonLink to="/login">{t.nav.logIn}</ButtonLink>
        </Card>
      )}
    </>
  );
}
