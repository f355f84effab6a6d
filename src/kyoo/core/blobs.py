"""Where pictures, subtitles, fonts and sprites are kept: a local folder by default, S3 by URL; replicas share it."""

from __future__ import annotations

import os
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from pydantic import AfterValidator, AliasChoices, Field

from kyoo.core.kinds import WebUrl, absolute, matching, writable
from kyoo.core.settings import AtStart, OptionError, Settings, read

BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9._-]{1,253}(?:/[^?#\\]*)?", re.IGNORECASE | re.ASCII)

#: What is wrong with a listing has no class of its own.
STATUS = re.compile(r"status code: ([0-9]{3})")
REASONS = {"401": "the store refuses our key", "403": "the store refuses our key", "404": "there is no such bucket"}


def open_store(location: str | Path) -> ObjectStore:
    """A store for a folder (made if missing) or an object-store URL (`s3://bucket/prefix`, credentials from AWS_*)."""
    text = str(location)
    if "://" in text and not text.startswith("file://"):
        return from_url(text)
    return LocalStore(Path(text.removeprefix("file://")), mkdir=True)


def unreachable(location: str) -> str | None:
    """Why an object store cannot be listed, in a few words without its address; None: it can. Blocking, half
    a minute at most."""
    try:
        store = from_url(location, retry_config={"max_retries": 0})
        next(iter(store.list(chunk_size=1)), None)
    except (BaseError, ValueError, OSError) as error:
        status = STATUS.search(str(error))
        return REASONS.get(status[1] if status else "", "the store does not answer")
    return None


#: What a local store writes before it has the whole: `poster.webp#1`. A killed process leaves it, no listing shows it.
UNFINISHED = re.compile(r".+#[0-9]+")
#: Nothing that is still being written is as old as this.
LEFT_ALONE = timedelta(hours=6)


def remove_unfinished(location: str | Path, older: timedelta = LEFT_ALONE) -> int:
    """Delete what processes that were killed left half written in a folder, and say how much that was. An object store
    keeps nothing of an upload that was cut off."""
    text = str(location)
    if "://" in text and not text.startswith("file://"):
        return 0
    removed, since = 0, time.time() - older.total_seconds()
    for folder, _, names in os.walk(text.removeprefix("file://")):
        for name in filter(UNFINISHED.fullmatch, names):
            try:
                file = Path(folder, name)
                if file.stat().st_mtime <= since:
                    file.unlink()
                    removed += 1
            except OSError:
                continue  # gone by itself, or not ours to delete
    return removed


class S3Settings(Settings):
    """The variables of S3 that are looked at here; obstore reads these and all others."""

    endpoint: WebUrl | None = Field(default=None, validation_alias=AliasChoices("AWS_ENDPOINT_URL", "AWS_ENDPOINT"))
    allow_http: bool = Field(default=False, validation_alias=AliasChoices("AWS_ALLOW_HTTP"))
    region: Annotated[str, matching("[A-Za-z][A-Za-z0-9-]{1,64}", "the name of a region, such as eu-west-1")] | None = (
        Field(default=None, validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION"))
    )


def _location(text: str) -> str:
    """A folder or `s3://bucket/prefix`, as it is."""
    if "://" not in text or text.startswith("file://"):
        return str(absolute(Path(text.removeprefix("file://"))))
    if not BUCKET.fullmatch(text) or ".." in text.split("/"):
        raise ValueError("must be a folder or s3://bucket/prefix")
    return text


def usable(location: str) -> None:
    """Raises ValueError when a store cannot be written or reached with the variables there are. Nothing is made."""
    if "://" not in location:
        writable(Path(location))
        return
    try:
        s3 = read(S3Settings)
    except OptionError:
        return  # said by those settings themselves
    if s3.endpoint is not None and s3.endpoint.startswith("http://") and not s3.allow_http:
        raise ValueError("needs AWS_ALLOW_HTTP=true, as AWS_ENDPOINT_URL begins with http://")
    try:
        open_store(location)
    except (BaseError, ValueError) as error:
        # What follows the first line is the error as Rust's programmers see it.
        reason = str(error).partition("\n")[0].rpartition("error: ")[2]
        raise ValueError(f"cannot be opened with the variables of S3 there are: {reason}") from None


#: Where things are kept.
Location = Annotated[str, AfterValidator(_location), AtStart(usable)]

#: The name of an S3 bucket.
Bucket = Annotated[
    str,
    matching("[A-Za-z0-9][A-Za-z0-9._-]{1,253}", "the name of a bucket"),
    AtStart(lambda name: usable(f"s3://{name}")),
]
