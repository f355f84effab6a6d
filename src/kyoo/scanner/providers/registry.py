"""Which providers there are: how each is made, what it is called, what it asks of those who show its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kyoo.scanner.providers import anilist, tvmaze, wikidata
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.providers.client import Client, Line, Pace
from kyoo.scanner.settings import ScannerSettings


@dataclass(frozen=True)
class Service:
    """`option` is its name in KYOO_PROVIDERS, `name` that of its ids. `credit` is what its terms want to be said where
    its data is seen, `link` where that leads."""

    option: str
    name: str
    label: str
    link: str
    credit: str
    make: Callable[[ScannerSettings, Line], Provider]
    needs_key: bool = False


def _anilist(settings: ScannerSettings, line: Line) -> Provider:
    client = Client(anilist.NAME, settings.anilist_url, Pace(30, 60), line, fault=anilist.fault)
    return anilist.AniList(client)


def _tvmaze(settings: ScannerSettings, line: Line) -> Provider:
    # 20 calls every 10 seconds are allowed (https://www.tvmaze.com/api#rate-limiting); others may share our address.
    return tvmaze.TVmaze(Client(tvmaze.NAME, settings.tvmaze_url, Pace(18, 10), line, fault=tvmaze.fault))


def _wikidata(settings: ScannerSettings, line: Line) -> Provider:
    # No number is written down; requests one after another are always welcome.
    pace = Pace(8, 1)
    data = Client(wikidata.NAME, settings.wikidata_url, pace, line, fault=wikidata.fault)
    pages = Client(wikidata.NAME, "", pace, line, fault=wikidata.fault)
    return wikidata.Wikidata(data, pages, settings.wikipedia_url, settings.text_languages)


#: Best first: the order in which candidates are shown, and ids looked for.
SERVICES = (
    Service(
        "tvmaze", tvmaze.NAME, "TVmaze", "https://www.tvmaze.com", "Data of TVmaze, licensed under CC BY-SA", _tvmaze
    ),
    Service(
        "wikidata",
        wikidata.NAME,
        "Wikidata and Wikipedia",
        "https://www.wikidata.org",
        "Data of Wikidata (CC0), texts of Wikipedia (CC BY-SA)",
        _wikidata,
    ),
    Service("anilist", anilist.NAME, "AniList", "https://anilist.co", "Data of AniList", _anilist),
)


def made(settings: ScannerSettings, line: Line) -> list[Provider]:
    """Those that are switched on."""
    return [service.make(settings, line) for service in SERVICES if service.option in settings.providers]
