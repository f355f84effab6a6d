"""The pages of what to watch next: the next entries of the reader's watch list."""

from __future__ import annotations

from kyoo.api.queries.catalogue.entries import ENTRIES, ENTRY_SEARCH
from kyoo.api.queries.fragments import READER, entry_json, entry_page_joins, show_json, shown_in
from kyoo.api.queries.lists.resources import Listing, Property, Resource, Type

#: Next entries that can be watched, here or elsewhere: those with a file, and those that were aired.
NEXT_UP = Listing(
    resource=Resource(
        properties={
            **ENTRIES.properties,
            "lastPlayed": Property(Type.TIMESTAMP, "w.last_played_at", filterable=False),
            "started": Property(Type.TIMESTAMP, "w.started_at", filterable=False),
            "added": Property(Type.TIMESTAMP, "w.created_at", filterable=False, nullable=False),
        },
        default=("-lastPlayed",),
        key="w.show_pk",
    ),
    source="api.watchlist w join api.entries e on e.pk = w.next_entry_pk",
    where=(
        f"w.profile_pk = {READER}",
        "w.next_entry_pk is not null",
        "w.status in ('watching', 'rewatching')",
        "w.set_aside_at is null",
        shown_in("nextup", "w.show_pk"),
        "e.available_since is not null or e.air_date <= current_date",
    ),
    search=ENTRY_SEARCH,
    item=entry_json("e", more={"show": show_json("s")}),
    item_from=f"""join api.watchlist w on w.show_pk = page.pk and w.profile_pk = {READER}
        join api.entries e on e.pk = w.next_entry_pk
        {entry_page_joins("e", "s")}""",
)
