/** Studios, people and collection of a film or serie in the form that an edit gives them. Pure. */
import type { ExternalIds, Image, Role, Staff } from "~/api/models/catalogue";
import { slugOf } from "./slug";

type Texts = Record<string, Record<string, unknown>>;

/** What reading a studio or a collection gives, of which an edit needs a part. */
export type Translated = {
  slug: string;
  externalId: ExternalIds;
  genres?: string[];
  rating?: Record<string, number>;
  original?: { language: string | null } | null;
  translations?: Texts;
};

/** Pictures are given by their address. */
const given = (value: unknown) =>
  value && typeof value === "object" && "source" in value ? (value as Image).source : value;

const givenTexts = (texts: Texts): Texts =>
  Object.fromEntries(
    Object.entries(texts).map(([language, text]) => [
      language,
      Object.fromEntries(Object.entries(text).map(([name, value]) => [name, given(value)])),
    ]),
  );

export const seedStudio = ({ slug, externalId, translations = {} }: Translated) => ({
  slug,
  externalId,
  translations: givenTexts(translations),
});

export const seedCollection = ({ genres = [], rating = {}, original, ...rest }: Translated) => ({
  ...seedStudio(rest),
  genres,
  rating,
  originalLanguage: original?.language ?? "en",
});

/** Names without any Latin letter have no slug of their own. */
const newSlug = (name: string) => slugOf(name) || `n-${Date.now().toString(36)}`;

export const newStudio = (name: string, language: string): Translated => ({
  slug: newSlug(name),
  externalId: {},
  translations: { [language]: { name, logo: null } },
});

export const newCollection = (name: string, language: string): Translated => {
  const pictures = { poster: null, thumbnail: null, banner: null, logo: null };
  const words = { name, description: null, tagline: null, aliases: [], tags: [] };
  return {
    ...newStudio(name, language),
    original: { language },
    translations: { [language]: { ...words, ...pictures } },
  };
};

export const newPerson = (name: string): Staff => ({
  id: "",
  slug: newSlug(name),
  name,
  latinName: null,
  image: null,
  externalId: {},
});

/** One line of the form; `key` tells two of the same person apart. */
export type Credit = { key: string; kind: Role["kind"]; staff: Staff; character: Role["character"] };

export const creditsOf = (roles: readonly Role[]): Credit[] =>
  roles.flatMap(({ kind, staff, character }, i) =>
    staff ? [{ key: String(i), kind, staff, character }] : [],
  );

/** The character of a credit under another name, or none. */
export const renamed = (character: Role["character"], name: string): Role["character"] =>
  name ? { latinName: null, image: null, ...character, name } : null;

export const seedCredit = ({ kind, staff, character }: Credit) => ({
  kind,
  character: character && { ...character, image: given(character.image) },
  staff: {
    slug: staff.slug,
    name: staff.name,
    latinName: staff.latinName,
    image: given(staff.image),
    externalId: staff.externalId ?? {},
  },
});
