/** The menus of the player: quality, audio, subtitles, speed. */
import { AudioLines, Captions, CaptionsOff, Gauge, Info, Settings2 } from "lucide-react";
import type { EmbeddedVideo, Subtitle } from "~/api/models/files";
import { fileName } from "~/lib/format";
import { t } from "~/lib/strings";
import { Menu, MenuHeading, MenuItem, MenuRadio } from "~/ui/Menu";
import type { NamedVersion } from "~/ui/shows/useVersions";
import type { EngineState } from "./engine";
import { type AudioOption, qualityLabel, qualityOptions, subtitleLabel } from "./tracks";

export const controlClass =
  "grid size-11 shrink-0 place-items-center rounded-full text-white transition-colors hover:bg-white/15 disabled:opacity-35 disabled:pointer-events-none [&_svg]:size-5.5 max-sm:size-10";

type Common = { onOpenChange: (open: boolean) => void };

export function QualityMenu({
  state,
  canDirect,
  versions,
  rendering,
  onLevel,
  onDirect,
  onVersion,
  onInfo,
  onOpenChange,
}: Common & {
  state: EngineState;
  canDirect: boolean;
  onLevel: (level: number) => void;
  onDirect: () => void;
  versions: readonly NamedVersion[];
  /** That of the version that plays. */
  rendering: string | undefined;
  onVersion: (video: EmbeddedVideo) => void;
  onInfo: () => void;
}) {
  const options = qualityOptions(state.levels);
  const active = state.levels[state.activeLevel];
  const direct = state.mode === "direct";
  const chosen = state.levels[state.level];
  return (
    <Menu
      label={t.player.quality}
      trigger={<Settings2 />}
      triggerClass={controlClass}
      side="top"
      dark
      testId="menu-quality"
      onOpenChange={onOpenChange}
    >
      <MenuHeading>{t.player.quality}</MenuHeading>
      <MenuRadio checked={!direct && state.level < 0} onSelect={() => onLevel(-1)}>
        {active && !direct && state.level < 0 ? t.player.autoNow(qualityLabel(active)) : t.player.auto}
      </MenuRadio>
      {canDirect && (
        <MenuRadio checked={direct} onSelect={onDirect}>
          {t.player.originalFile}
        </MenuRadio>
      )}
      {options.map((option) => (
        <MenuRadio
          key={option.label}
          checked={!direct && chosen !== undefined && qualityLabel(chosen) === option.label}
          onSelect={() => onLevel(option.level)}
        >
          {option.label}
        </MenuRadio>
      ))}
      {versions.length > 1 && <MenuHeading>{t.player.version}</MenuHeading>}
      {versions.length > 1 &&
        versions.map(({ video, name }) => (
          <MenuRadio
            key={video.id}
            checked={video.rendering === rendering}
            hint={fileName(video.path)}
            onSelect={() => onVersion(video)}
          >
            {name}
          </MenuRadio>
        ))}
      <div className="my-1 border-t border-white/15" />
      <MenuItem onSelect={onInfo}>
        <Info aria-hidden="true" /> {t.player.info}
      </MenuItem>
    </Menu>
  );
}

export function AudioMenu({
  options,
  current,
  onSelect,
  onOpenChange,
}: Common & { options: AudioOption[]; current: string | null; onSelect: (option: AudioOption) => void }) {
  if (options.length < 2) return null;
  return (
    <Menu
      label={t.player.audio}
      trigger={<AudioLines />}
      triggerClass={controlClass}
      side="top"
      dark
      testId="menu-audio"
      onOpenChange={onOpenChange}
    >
      <MenuHeading>{t.player.audio}</MenuHeading>
      {options.map((option) => (
        <MenuRadio key={option.key} checked={option.key === current} onSelect={() => onSelect(option)}>
          {option.label}
        </MenuRadio>
      ))}
    </Menu>
  );
}

export function SubtitleMenu({
  subtitles,
  current,
  onSelect,
  onOpenChange,
}: Common & {
  subtitles: Subtitle[];
  current: Subtitle | null;
  onSelect: (subtitle: Subtitle | null) => void;
}) {
  if (!subtitles.length) return null;
  return (
    <Menu
      label={t.player.subtitles}
      trigger={current ? <Captions className="text-[#c3a9ff]" /> : <CaptionsOff />}
      triggerClass={controlClass}
      side="top"
      dark
      testId="menu-subtitles"
      onOpenChange={onOpenChange}
    >
      <MenuHeading>{t.player.subtitles}</MenuHeading>
      <MenuRadio checked={current === null} onSelect={() => onSelect(null)}>
        {t.player.none}
      </MenuRadio>
      {subtitles.map((subtitle, i) => (
        <MenuRadio key={subtitle.link} checked={subtitle === current} onSelect={() => onSelect(subtitle)}>
          {subtitleLabel(subtitle, i)}
        </MenuRadio>
      ))}
    </Menu>
  );
}

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

export function SpeedMenu({
  current,
  onSelect,
  onOpenChange,
}: Common & { current: number; onSelect: (speed: number) => void }) {
  return (
    <Menu
      label={t.player.speed}
      trigger={<Gauge className={current === 1 ? "" : "text-[#c3a9ff]"} />}
      triggerClass={controlClass}
      side="top"
      dark
      testId="menu-speed"
      onOpenChange={onOpenChange}
    >
      <MenuHeading>{t.player.speed}</MenuHeading>
      {speeds.map((speed) => (
        <MenuRadio key={speed} checked={speed === current} onSelect={() => onSelect(speed)}>
          {speed === 1 ? t.player.normalSpeed : `${speed}×`}
        </MenuRadio>
      ))}
    </Menu>
  );
}
