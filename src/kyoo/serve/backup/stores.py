"""The stores whose files belong to a backup: pictures, profile pictures, subtitles and previews, the key of secrets.
Not the cache."""

from __future__ import annotations

from typing import Any

from kyoo.core.settings import Settings

#: By the name that they have in a backup: the service, and what its settings call the place.
STORES = {
    "images": ("api", "image_store"),
    "profile_pictures": ("auth", "profile_picture_path"),
    "metadata": ("transcoder", "store_location"),
    "secrets": ("api", "secrets_folder"),
}


def locations(settings: dict[str, Settings]) -> dict[str, str]:
    """A folder or the URL of an object store, for each."""
    return {name: str(_value(settings[service], field)) for name, (service, field) in STORES.items()}


def _value(settings: Settings, field: str) -> Any:
    return getattr(settings, field)
