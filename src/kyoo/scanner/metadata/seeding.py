"""A finished seed: another slug, another date, and whether it says what another one says."""

from __future__ import annotations

import hashlib
from datetime import date

from kyoo.scanner.models.seed import SeedMovie, SeedMovieEntry, SeedSerie


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
