"""One name (a file's stem or a folder) read: the steps in their order. Folders are joined to files in `parser`."""

from kyoo.scanner.naming.draft import Draft, Reading
from kyoo.scanner.naming.head import read_head, read_tags
from kyoo.scanner.naming.number_steps import read_bare_number, read_numbering, read_part, read_version, read_year
from kyoo.scanner.naming.title_steps import read_group, read_title


def read_name(name: str, *, season_folder: bool = False, extra: bool = False, folder: bool = False) -> Reading:
    """Read one name without its extension.

    `season_folder`: the file lies in a season's folder, so numbers are episodes; `extra`: it is a bonus;
    `folder`: it is a folder.
    """
    draft = Draft(name, season_folder=season_folder, extra=extra, folder=folder)
    _read(draft)
    read_title(draft, _read_other)
    read_group(draft)
    draft.reading.unversioned = draft.unhidden()
    if draft.part_span:
        draft.reading.unparted = draft.unhidden(draft.part_span)
    draft.reading.length = len(draft.text.raw)
    return draft.reading


def _read(draft: Draft) -> None:
    read_tags(draft)
    read_head(draft)
    read_version(draft)
    read_numbering(draft)
    read_year(draft)
    read_bare_number(draft)
    read_part(draft)


def _read_other(name: str) -> Reading:
    """A name within a name; a third one is not looked for."""
    draft = Draft(name, season_folder=False, extra=False, folder=False)
    _read(draft)
    read_title(draft, None)
    return draft.reading
