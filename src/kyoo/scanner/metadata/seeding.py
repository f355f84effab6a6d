"""A finished seed: another slug, another date, other places of files, and whether it says what another one says."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from kyoo.scanner.metadata.composing import film_text, numbers_text
from kyoo.scanner.metadata.local_show import LocalShow
from kyoo.scanner.models.seed import SeedEpisode, SeedMovie, SeedMovieEntry, SeedSerie, SeedSpecial


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


def fingerprint(seed: SeedMovie | SeedSerie) -> str:
    """The same for seeds that say the same. Files are left out, as those that have their entries are not named again;
    so is the slug, which the api may have changed."""
    said = with_slug(seed, "-").model_copy(
        update={"videos": []} if isinstance(seed, SeedMovie) else {"complete": False}
    )
    if isinstance(said, SeedSerie):
        said.entries = [entry.model_copy(update={"videos": []}) for entry in said.entries]
    return hashlib.blake2b(said.model_dump_json().encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def place_anew(seed: SeedSerie, local: LocalShow, before: Mapping[str, Sequence[int]]) -> set[UUID]:
    """Give files their entries whose numbers count otherwise than in `before`: as an episode of a later season, once a
    provider says how many the first one has; as a special that was a film, once a file has the number of the special.
    They were linked by their names; returns which they are."""
    for file in local.files:
        seed.translated |= {film_text(number): (0, number) for number in local.films_among_specials(file)}
    news = counted_otherwise(seed, before)
    moved = _films_anew(seed, local, news) if news else set()
    entries = {(one.season_number, one.episode_number): one for one in seed.entries if isinstance(one, SeedEpisode)}
    for file in local.files if news else ():
        numbers = local.numbers(file)
        if not any(numbers_text(key) in news for key in numbers):
            continue
        moved.add(file.video_id)
        for key in numbers:
            entry = entries.get(seed.translated.get(numbers_text(key), key))
            if entry is not None and file.video_id not in entry.videos:
                entry.videos.append(file.video_id)
    return moved


def counted_otherwise(seed: SeedSerie, before: Mapping[str, Sequence[int]]) -> set[str]:
    """The numbers of files that stand elsewhere than in `before`."""
    news = {key for key, place in seed.translated.items() if list(place) != before.get(key)}
    return news | (before.keys() - seed.translated.keys())


def _films_anew(seed: SeedSerie, local: LocalShow, news: Collection[str]) -> set[UUID]:
    """Those whose special is an entry of another kind now."""
    entries = {
        entry.number: entry
        for entry in seed.entries
        if isinstance(entry, SeedSpecial | SeedMovieEntry) and entry.number
    }
    moved = set()
    for file in local.files:
        film = file.parsed.film_of
        if film is None or file.chosen or film_text(film.number) not in news or film.number not in entries:
            continue
        moved.add(file.video_id)
        if file.video_id not in entries[film.number].videos:
            entries[film.number].videos.append(file.video_id)
    return moved
