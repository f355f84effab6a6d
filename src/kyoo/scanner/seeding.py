"""Changes to a finished seed: another slug, another date, a provider's answer completed by the library's own."""

from __future__ import annotations

from datetime import date

from kyoo.scanner.models.seed import SeedEntry, SeedEpisode, SeedMovie, SeedMovieEntry, SeedSerie, SeedSpecial


def with_slug(seed: SeedMovie | SeedSerie, slug: str) -> SeedMovie | SeedSerie:
    """The same show under another slug; entries and extras are named after it."""
    before = seed.slug
    if slug == before:
        return seed

    def renamed(inner: str) -> str:
        return slug + inner[len(before) :] if inner.startswith(before + "-") else inner

    extras = [extra.model_copy(update={"slug": renamed(extra.slug)}) for extra in seed.extras]
    if isinstance(seed, SeedMovie):
        return seed.model_copy(update={"slug": slug, "extras": extras})
    entries = [
        entry.model_copy(update={"slug": renamed(entry.slug)}) if isinstance(entry, SeedMovieEntry) else entry
        for entry in seed.entries
    ]
    return seed.model_copy(update={"slug": slug, "entries": entries, "extras": extras})


def with_air(seed: SeedMovie | SeedSerie, air: date | None) -> SeedMovie | SeedSerie:
    return seed.model_copy(update={"air_date" if isinstance(seed, SeedMovie) else "start_air": air})


def merge(found: SeedMovie | SeedSerie, own: SeedMovie | SeedSerie) -> SeedMovie | SeedSerie:
    """A provider's seed with our files in it; entries that the provider does not know are added, so that no file is
    without an entry. The slug is ours: it must not change with a provider's title."""
    if isinstance(found, SeedMovie) and isinstance(own, SeedMovie):
        return found.model_copy(
            update={
                "slug": own.slug,
                "videos": own.videos,
                "runtime": found.runtime or own.runtime,
                "extras": own.extras,
            }
        )
    assert isinstance(found, SeedSerie)
    assert isinstance(own, SeedSerie)
    ours = {_key(entry): entry for entry in own.entries}
    entries = [
        entry.model_copy(update={"videos": mine.videos, "runtime": entry.runtime or mine.runtime})
        if (mine := ours.pop(_key(entry), None))
        else entry
        for entry in found.entries
    ]
    seasons = {season.season_number for season in found.seasons}
    return found.model_copy(
        update={
            "slug": own.slug,
            "entries": [*entries, *ours.values()],
            "seasons": [*found.seasons, *(season for season in own.seasons if season.season_number not in seasons)],
            "extras": own.extras,
        }
    )


def _key(entry: SeedEntry) -> tuple[object, ...]:
    if isinstance(entry, SeedEpisode):
        return ("episode", entry.season_number, entry.episode_number)
    return ("special", entry.number) if isinstance(entry, SeedSpecial) else ("movie", entry.slug)
