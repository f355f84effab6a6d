"""Where pictures, subtitles, fonts and sprites are kept: a local folder by default, S3 by URL; replicas share it."""

from __future__ import annotations

from pathlib import Path

from obstore.store import LocalStore, ObjectStore, from_url


def open_store(location: str | Path) -> ObjectStore:
    """A store for a folder (made if missing) or an object-store URL (`s3://bucket/prefix`, credentials from AWS_*)."""
    text = str(location)
    if "://" in text and not text.startswith("file://"):
        return from_url(text)
    return LocalStore(Path(text.removeprefix("file://")), mkdir=True)
