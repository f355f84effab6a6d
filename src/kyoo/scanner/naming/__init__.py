"""File names identified: `parse(path)` gives a `ParsedName`. Text in, answer out: no disk, no network, no database.

Where to look: `parser` joins file and folders, `settling` says what follows from both; `one_name` is the list of steps
over one name (`head`, `number_steps`, `title_steps`), which ask the finders (`tags`, `ids`, `marked_numbers`,
`bare_numbers`, `dates`, `years`, `title_words`, `release`). `vocabulary` holds the words, `counting_words` those that
count; `titles` compares titles and makes slugs; `command` is `kyoo scanner guess`.
"""

from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.naming.parser import parse

#: Raised when names are read better: files that an earlier revision read are read again.
REVISION = 10

__all__ = ["REVISION", "ParsedName", "parse"]
