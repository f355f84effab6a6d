"""File names identified: `parse(path)` gives a `ParsedName`. Text in, answer out: no disk, no network, no database.

Where to look: `parser` joins file and folders, `settling` says what follows from both; `reading` is the list of steps
over one name (`head`, `counting`, `titling`), which ask the finders (`tags`, `ids`, `numbering`, `dates`, `years`,
`bare`, `wording`, `release`). `vocabulary` holds the words; `titles` compares titles and makes slugs; `command` is
`kyoo scanner guess`.
"""

from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.naming.parser import parse

#: Raised when names are read better: files that an earlier revision read are read again.
REVISION = 5

__all__ = ["REVISION", "ParsedName", "parse"]
