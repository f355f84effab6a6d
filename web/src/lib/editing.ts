/** What can be edited by hand of each kind of thing, and how its values are written in a form. Pure. */
import type { ExternalIds, Image } from "~/api/models/catalogue";
import type { Editable } from "~/api/wire/api";

export const editedKinds = [
  "movies",
  "series",
  "collections",
  "seasons",
  "entries",
  "extras",
  "staff",
  "studios",
] as const;
export type EditedKind = (typeof editedKinds)[number];

/** What an edit can change, as it is, and what of it is locked: `genres`, `en.name`. */
export type { Editable };

export type Input = "text" | "long" | "number" | "date" | "lines" | "genres" | "ratings" | "ids" | Choice;
export type Choice = "status" | "content" | "kind";
export type FieldName = keyof typeof inputs;
export type PictureName = "poster" | "thumbnail" | "banner" | "logo" | "image";

/** In the order in which forms show them. */
export const inputs = {
  name: "text",
  latinName: "text",
  tagline: "text",
  description: "long",
  aliases: "lines",
  tags: "lines",
  trailerUrl: "text",
  kind: "kind",
  status: "status",
  content: "content",
  order: "number",
  airDate: "date",
  startAir: "date",
  endAir: "date",
  runtime: "number",
  minAge: "number",
  originalLanguage: "text",
  genres: "genres",
  rating: "ratings",
  externalId: "ids",
} as const satisfies Record<string, Input>;

const texts: FieldName[] = ["name", "description"];
const showTexts: FieldName[] = [...texts, "latinName", "tagline", "aliases", "tags"];
const showFields: FieldName[] = ["minAge", "originalLanguage", "genres", "rating", "externalId"];
const showPictures: PictureName[] = ["poster", "thumbnail", "banner", "logo"];

type Form = {
  /** Of no language. */
  own: FieldName[];
  /** Of each language. */
  texts: FieldName[];
  pictures: PictureName[];
};

export const forms: Record<EditedKind, Form> = {
  movies: {
    own: ["status", "airDate", "runtime", ...showFields],
    texts: [...showTexts, "trailerUrl"],
    pictures: showPictures,
  },
  series: {
    own: ["status", "startAir", "endAir", "runtime", ...showFields],
    texts: [...showTexts, "trailerUrl"],
    pictures: showPictures,
  },
  collections: {
    own: ["startAir", "endAir", ...showFields],
    texts: showTexts,
    pictures: showPictures,
  },
  seasons: {
    own: ["startAir", "endAir", "externalId"],
    texts,
    pictures: ["poster", "thumbnail", "banner"],
  },
  entries: {
    own: ["content", "order", "airDate", "runtime", "externalId"],
    texts: [...texts, "tagline"],
    pictures: ["thumbnail"],
  },
  extras: { own: ["name", "kind", "runtime"], texts: [], pictures: ["thumbnail"] },
  staff: { own: ["name", "latinName", "externalId"], texts: [], pictures: ["image"] },
  studios: { own: ["externalId"], texts: ["name"], pictures: ["logo"] },
};

export const inOrder = (names: readonly FieldName[]) =>
  (Object.keys(inputs) as FieldName[]).filter((name) => names.includes(name));

/** The name of a field among values and locks. */
export const keyOf = (field: string, language: string | null) => (language ? `${language}.${field}` : field);

const fieldOf = (key: string) => key.slice(key.lastIndexOf(".") + 1) as FieldName;

/** The value behind a key; undefined where there is none yet. */
export function storedOf(editable: Editable, key: string): unknown {
  const [language, field] = key.split(".");
  return field ? editable.translations[language ?? ""]?.[field] : editable.fields[key];
}

export const pictureOf = (editable: Editable, key: string) =>
  (storedOf(editable, key) as Image | null | undefined) ?? null;

type Id = ExternalIds[string][number] & { serieId?: string; season?: number | null; episode?: number };

/** `tt123`, `81189/2`, `81189/2/5`. */
const idText = ({ dataId, serieId, season, episode }: Id) =>
  dataId ?? [serieId, season ?? "", episode].filter((part) => part !== undefined).join("/");

function idOf(text: string): Id {
  const [serieId, season, episode, ...rest] = text.split("/");
  if (season === undefined || rest.length) return { dataId: text, link: null };
  if (episode === undefined) return { serieId, season: Number(season), link: null };
  return { serieId, season: season === "" ? null : Number(season), episode: Number(episode), link: null };
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

const pairsOf = (text: string) =>
  linesOf(text).map((line) => {
    const colon = line.indexOf(":");
    return colon < 0 ? [line, ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  }) as [string, string][];

/** A value as the text of its field in a form. */
export function toText(field: FieldName, value: unknown): string {
  if (value === null || value === undefined) return "";
  switch (inputs[field]) {
    case "lines":
    case "genres":
      return (value as string[]).join("\n");
    case "ratings":
      return Object.entries(value as Record<string, number>)
        .map(([source, rating]) => `${source}: ${rating}`)
        .join("\n");
    case "ids":
      return Object.entries(value as Record<string, Id[]>)
        .flatMap(([provider, ids]) => ids.map((id) => `${provider}: ${idText(id)}`))
        .join("\n");
    default:
      return String(value);
  }
}

/** The value that a text stands for; what it was before lends links and labels to ids that stay. */
export function toValue(field: FieldName, text: string, before: unknown): unknown {
  switch (inputs[field]) {
    case "lines":
    case "genres":
      return linesOf(text);
    case "number":
      return text === "" ? null : Number(text);
    case "ratings":
      return Object.fromEntries(pairsOf(text).map(([source, rating]) => [source, Number(rating)]));
    case "ids": {
      const known = (before ?? {}) as Record<string, Id[]>;
      const result: Record<string, Id[]> = {};
      for (const [provider, id] of pairsOf(text)) {
        const same = known[provider]?.find((other) => idText(other) === id);
        result[provider] = [...(result[provider] ?? []), same ?? idOf(id)];
      }
      return result;
    }
    default:
      return text.trim() || (field === "name" ? "" : null);
  }
}

/** Texts by key, of fields that were touched. */
export type Draft = Record<string, string>;

export const isChanged = (editable: Editable, draft: Draft, key: string) => {
  const field = fieldOf(key);
  return draft[key] !== undefined && draft[key] !== toText(field, storedOf(editable, key));
};

/** What is locked once this is saved: what was, what was changed, and what was said of locks by hand. */
export function locksOf(editable: Editable, draft: Draft, byHand: Record<string, boolean>): string[] {
  const changed = Object.keys(draft).filter((key) => isChanged(editable, draft, key));
  const all = new Set([...editable.locks, ...changed, ...Object.keys(byHand)]);
  return [...all].filter((key) => byHand[key] ?? true).toSorted();
}

/** The body of the edit. */
export function bodyOf(editable: Editable, draft: Draft, byHand: Record<string, boolean>) {
  const body: Record<string, unknown> = {};
  const translations: Record<string, Record<string, unknown>> = {};
  for (const [key, text] of Object.entries(draft)) {
    if (!isChanged(editable, draft, key)) continue;
    const field = fieldOf(key);
    const value = toValue(field, text, storedOf(editable, key));
    if (key === field) body[field] = value;
    else {
      const language = key.slice(0, -field.length - 1);
      translations[language] = { ...translations[language], [field]: value };
    }
  }
  if (Object.keys(translations).length) body.translations = translations;
  return { ...body, locks: locksOf(editable, draft, byHand) };
}
