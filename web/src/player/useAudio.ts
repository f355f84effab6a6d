/** The sounds to choose from, the one that plays, and the language that carries over to the next episode. */
import { useEffect, useMemo } from "react";
import type { UserSettings } from "~/api/models/accounts";
import type { FullVideo, MediaInfo } from "~/api/models/files";
import { getPreferences } from "~/lib/preferences";
import type { EngineState, PlayerEngine } from "./engine";
import { audioOptions, fileAudioOptions, pickAudio } from "./tracks";

const nothing: never[] = [];

export function useAudio(
  engine: PlayerEngine | null,
  state: EngineState,
  info: MediaInfo | undefined,
  settings: UserSettings | undefined,
  data: FullVideo | undefined,
) {
  const audios = useMemo(
    () =>
      state.mode === "hls" && state.audioTracks.length
        ? audioOptions(state.audioTracks, info?.audios ?? nothing)
        : fileAudioOptions(info?.audios ?? nothing),
    [state.mode, state.audioTracks, info],
  );
  const wantedAudio =
    getPreferences().audioLanguage ?? audioSetting(settings?.audioLanguage, data?.show?.original?.language);
  useEffect(() => {
    // The chosen language carries over to the next episode.
    const wanted =
      state.mode === "hls" && state.audioTracks.length ? pickAudio(audios, wantedAudio) : undefined;
    const playing = audios.find((option) => option.key === state.audio);
    if (engine && wanted && playing && playing.language !== wanted.language) engine.setAudio(wanted.key);
  }, [engine, audios, wantedAudio, state.mode, state.audioTracks.length, state.audio]);
  const fileAudio = info?.audios.find((track) => track.isDefault) ?? info?.audios[0];
  const audio = state.audio ?? (fileAudio ? String(fileAudio.index) : null);
  return { audios, audio };
}

/** The account's setting as a language: `original` is the show's own, `default` is the file's choice. */
function audioSetting(setting: string | undefined, original: string | null | undefined): string | null {
  if (!setting || setting === "default") return null;
  return setting === "original" ? (original ?? null) : setting;
}
