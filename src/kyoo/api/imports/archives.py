"""Opening what somebody uploads: a zip of files, or one JSON or CSV file, within limits of what it unpacks to; and the
rows of such files, one at a time. What a row means is said elsewhere."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import ijson

from kyoo.core.errors import InvalidError

#: Of one archive.
FILES = 5000
#: Of one value of a list of JSON: what it may hold.
EVENTS, DEEPEST = 100_000, 50
#: Characters of one line of CSV, and columns that it may have.
LINE, COLUMNS = 200_000, 200
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class UnreadableArchiveError(InvalidError):
    """It cannot be taken in, and nothing of it is kept. The message says where it is wrong."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file; `name` has the folders of the archive in it, `plain` has not."""

    name: str
    size: int
    _source: Any

    @property
    def plain(self) -> str:
        return self.name.rpartition("/")[2].lower()

    @contextmanager
    def open(self) -> Iterator[Any]:
        try:
            if isinstance(self._source, tuple):
                archive, info = self._source
                with archive.open(info) as file:
                    yield _Bounded(file, self.name, self.size)
            else:
                self._source.seek(0)
                yield self._source
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise UnreadableArchiveError(f"{self.name} is damaged, or packed in a way that cannot be read") from error


class _Bounded(io.RawIOBase):
    """No more than the archive said that it would be."""

    def __init__(self, file: IO[bytes], name: str, size: int) -> None:
        self._file, self._name, self._left = file, name, size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(min(size, 1 << 16) if size >= 0 else 1 << 16)
        self._left -= len(block)
        if self._left < 0:
            raise UnreadableArchiveError(f"{self._name} unpacks to more than the archive says")
        return block

    def readinto(self, buffer: Any) -> int:
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def parts(file: IO[bytes], name: str, unpacked: int) -> list[Part]:
    """The files in an upload of which the name ends with .json or .csv; itself when it is no archive.
    UnreadableArchiveError when they would unpack to more than `unpacked` bytes."""
    file.seek(0)
    begin = file.read(4)
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if begin not in (ZIP, EMPTY_ZIP):
        if size > unpacked:
            raise UnreadableArchiveError(f"It has more than {unpacked // 1024**2} MiB")
        return [Part(name, size, file)]
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableArchiveError("The archive is damaged") from error
    if len(entries) > FILES:
        raise UnreadableArchiveError(f"The archive has more than {FILES} files")
    found = [
        Part(_shown(entry.filename), entry.file_size, (archive, entry))
        for entry in entries
        if not entry.is_dir()
        and entry.filename.lower().endswith((".json", ".csv"))
        and not entry.filename.startswith("__MACOSX/")
    ]
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableArchiveError("The archive is encrypted")
    if sum(part.size for part in found) > unpacked:
        raise UnreadableArchiveError(f"The archive unpacks to more than {unpacked // 1024**2} MiB")
    return found


def json_rows(part: Part) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list, or of the lists in an object and its objects, with the name of their list ("" for the one
    at the top)."""
    with part.open() as file, _said(part):
        builder: Any = None
        key, names = "", list[str | None]()
        begun = events = 0
        for event, value in ijson.basic_parse(file, use_float=True):
            if not names and event not in ("start_array", "start_map"):
                raise UnreadableArchiveError(f"{part.name} is no list")
            if event == "map_key":
                key = str(value)
            elif event == "start_map" and builder is None and names and names[-1] is not None:
                builder, begun, events = ijson.ObjectBuilder(), len(names), 0
            if event in ("start_map", "start_array"):
                # The name of each list that is open; None for an object.
                names.append(key if event == "start_array" else None)
                if len(names) > DEEPEST:
                    raise UnreadableArchiveError(f"{part.name} holds an entry that is nested too deeply")
            elif event in ("end_map", "end_array"):
                names.pop()
            if builder is not None:
                builder.event(event, value)
                events += 1
                if events > EVENTS:
                    raise UnreadableArchiveError(f"{part.name} holds an entry that is too large")
                if event == "end_map" and len(names) == begun:
                    row, builder = builder.value, None
                    yield names[-1] or "", row
            if not names:
                return


def csv_rows(part: Part) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines with their numbers, by the names in the first one, in small letters."""
    with part.open() as file, _said(part):
        buffered: Any = io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file
        begin = buffered.peek(4)
        encoding = next((name for mark, name in MARKS if begin.startswith(mark)), "utf-8-sig")
        text = io.TextIOWrapper(buffered, encoding, newline="")
        reader = csv.reader(_lines(text, part.name))
        try:
            names = [name.strip().lower() for name in next(reader, [])]
            if len(names) > COLUMNS:
                raise UnreadableArchiveError(f"{part.name} has more than {COLUMNS} columns")
            for row in reader:
                if any(row):
                    yield reader.line_num, dict(zip(names, (value.strip() for value in row), strict=False))
        finally:
            text.detach()


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    while line := text.readline(LINE):
        if len(line) >= LINE:
            raise UnreadableArchiveError(f"{name} has a line of more than {LINE} characters")
        if "\0" in line:
            raise UnreadableArchiveError(f"{name} is no text")
        yield line


@contextmanager
def _said(part: Part) -> Iterator[None]:
    try:
        yield
    except UnicodeError as error:
        raise UnreadableArchiveError(f"{part.name} is not written in UTF-8") from error
    except (ijson.JSONError, RecursionError) as error:
        raise UnreadableArchiveError(f"{part.name} is no JSON, or is cut off") from error
    except csv.Error as error:
        raise UnreadableArchiveError(f"{part.name} is no CSV: {error}") from error


def _shown(name: str) -> str:
    """A name of an archive as messages show it."""
    return "".join(c if c.isprintable() else "?" for c in name)[-200:]
