"""Which providers there are: how each is made, what it is called, what it asks of those who show its data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kyoo.scanner.providers import anilist, tmdb, tmdb_reading, tvdb, tvdb_reading, tvmaze, wikidata, wikidata_reading
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.providers.client import Client, Line, Pace
from kyoo.scanner.providers.keys import Keys
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
    make: Callable[[ScannerSettings, Line, Keys], Provider]
    #: Raises ProviderError unless a key is good; None: it needs none.
    check: Callable[[ScannerSettings, Line, Keys], Awaitable[None]] | None = None
    #: Where people get a key, and whether it comes with a PIN.
    key_page: str | None = None
    has_pin: bool = False


def _anilist(settings: ScannerSettings, line: Line, _: Keys) -> Provider:
    client = Client(anilist.NAME, settings.anilist_url, Pace(30, 60), line, fault=anilist.fault)
    return anilist.AniList(client)


def _tvmaze(settings: ScannerSettings, line: Line, _: Keys) -> Provider:
    # 20 calls every 10 seconds are allowed (https://www.tvmaze.com/api#rate-limiting); others may share our address.
    return tvmaze.TVmaze(Client(tvmaze.NAME, settings.tvmaze_url, Pace(18, 10), line, fault=tvmaze.fault))


def _wikidata(settings: ScannerSettings, line: Line, _: Keys) -> Provider:
    # No number is written down; requests one after another are always welcome.
    pace = Pace(8, 1)
    data = Client(wikidata_reading.NAME, settings.wikidata_url, pace, line, fault=wikidata.fault)
    pages = Client(wikidata_reading.NAME, "", pace, line, fault=wikidata.fault)
    return wikidata.Wikidata(data, pages, settings.wikipedia_url, settings.text_languages)


def _tmdb_client(settings: ScannerSettings, line: Line) -> Client:
    # About 50 a second are allowed (https://developer.themoviedb.org/docs/rate-limiting).
    return Client(tmdb_reading.NAME, settings.tmdb_url, Pace(30, 1), line, keyed=True, fault=tmdb.fault)


def _tmdb(settings: ScannerSettings, line: Line, keys: Keys) -> Provider:
    return tmdb.TMDB(_tmdb_client(settings, line), keys, settings.tmdb_image_url, settings.text_languages)


def _tvdb_client(settings: ScannerSettings, line: Line) -> Client:
    return Client(tvdb_reading.NAME, settings.tvdb_url, Pace(10, 1), line, keyed=True, fault=tvdb.fault)


def _tvdb(settings: ScannerSettings, line: Line, keys: Keys) -> Provider:
    return tvdb.TVDB(_tvdb_client(settings, line), keys, settings.tvdb_image_url, settings.text_languages)


async def _check_tmdb(settings: ScannerSettings, line: Line, keys: Keys) -> None:
    await tmdb.check(_tmdb_client(settings, line), keys)


async def _check_tvdb(settings: ScannerSettings, line: Line, keys: Keys) -> None:
    await tvdb.check(_tvdb_client(settings, line), keys)


#: Best first: the order in which candidates are shown, and ids looked for.
SERVICES = (
    Service(
        "tmdb",
        tmdb_reading.NAME,
        "TMDB",
        "https://www.themoviedb.org",
        "This product uses the TMDB API but is not endorsed or certified by TMDB.",
        _tmdb,
        _check_tmdb,
        "https://www.themoviedb.org/settings/api",
    ),
    Service(
        "tvdb",
        tvdb_reading.NAME,
        "TheTVDB",
        "https://thetvdb.com",
        "Metadata provided by TheTVDB. Please consider adding missing information or subscribing.",
        _tvdb,
        _check_tvdb,
        "https://thetvdb.com/api-information",
        has_pin=True,
    ),
    Service(
        "tvmaze", tvmaze.NAME, "TVmaze", "https://www.tvmaze.com", "Data of TVmaze, licensed under CC BY-SA", _tvmaze
    ),
    Service(
        "wikidata",
        wikidata_reading.NAME,
        "Wikidata and Wikipedia",
        "https://www.wikidata.org",
        "Data of Wikidata (CC0), texts of Wikipedia (CC BY-SA)",
        _wikidata,
    ),
    Service("anilist", anilist.NAME, "AniList", "https://anilist.co", "Data of AniList", _anilist),
)


def switched_on(settings: ScannerSettings) -> list[Service]:
    return [service for service in SERVICES if service.option in settings.switched_on]
