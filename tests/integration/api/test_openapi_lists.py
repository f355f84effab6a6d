"""docs/using/api.md lists the sorts and filters that are declared. `python -m tests.integration.api.test_openapi_lists`
writes it anew."""

from __future__ import annotations

from pathlib import Path

from kyoo.api.queries.catalogue.credits import SHOW_ROLES, STAFF, STUDIOS
from kyoo.api.queries.catalogue.entries import ENTRIES, EXTRAS, NEWS, SEASONS
from kyoo.api.queries.catalogue.shows import SHOWS
from kyoo.api.queries.catalogue.videos import UNMATCHED, VIDEOS
from kyoo.api.queries.lists.resources import Resource
from kyoo.api.queries.viewers.history import HISTORY
from kyoo.api.queries.viewers.nextup import NEXT_UP
from kyoo.api.queries.viewers.watchlist import WATCHLIST

PAGE = Path(__file__).parents[3] / "docs" / "using" / "api.md"
LISTS = {
    "Shows, movies, series, collections, and the roles of a person": SHOWS,
    "Watch list": WATCHLIST.resource,
    "Entries of a serie": ENTRIES,
    "Extras": EXTRAS.resource,
    "Seasons": SEASONS.resource,
    "News": NEWS.resource,
    "History": HISTORY.resource,
    "Next up": NEXT_UP.resource,
    "Studios": STUDIOS.resource,
    "Staff": STAFF.resource,
    "Staff of a show": SHOW_ROLES.resource,
    "Videos, and those of a serie": VIDEOS.resource,
    "Unmatched videos": UNMATCHED.resource,
}
HEAD = """# Sorts and filters

`sort` takes the names below, several with commas, `-` before one for the other direction; `random` and `random:<seed>`
always. What has no value comes last. `filter` is made of clauses `property operator value` joined by `and`, `or`, `not`
and brackets; operators are `eq ne gt ge lt le has`. This page is made from the declarations of the code.
"""


def _table(resource: Resource) -> str:
    lines = ["| property | values | sort | filter |", "| --- | --- | --- | --- |"]
    sortable, filterable = resource.sortable(), resource.filterable()
    for name, declared in {**sortable, **filterable}.items():
        marks = f"{'yes' * (name in sortable)} | {'yes' * (name in filterable)}"
        lines.append(f"| `{name}` | {declared.in_words} | {marks} |")
    defaults = [name for name in resource.default if resource.properties[name.removeprefix("-")].sortable]
    return "\n".join([f"Default order: {', '.join(f'`{name}`' for name in defaults) or 'newest first'}", "", *lines])


def page() -> str:
    return HEAD + "".join(f"\n## {title}\n\n{_table(resource)}\n" for title, resource in LISTS.items())


def test_the_page_says_what_is_declared() -> None:
    assert PAGE.read_text() == page()


if __name__ == "__main__":
    PAGE.write_text(page())
