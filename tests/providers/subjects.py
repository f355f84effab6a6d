"""The providers that the conformance suite looks at, each over a service that is a double."""

from __future__ import annotations

import tempfile
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

from kyoo.scanner.local.artwork import Artwork
from kyoo.scanner.local.local_file import LocalFile
from kyoo.scanner.metadata.local_show import LocalShow
from kyoo.scanner.naming import parse
from kyoo.scanner.providers.anilist import AniList
from kyoo.scanner.providers.anilist import fault as anilist_fault
from kyoo.scanner.providers.base import KeyRefusedError, UnavailableError
from kyoo.scanner.providers.client import Client, Line, Pace
from kyoo.scanner.providers.keys import FixedKeys
from kyoo.scanner.providers.local import Library
from kyoo.scanner.providers.records import EpisodeRecord, SeasonRecord, ShowRecord, Texts
from kyoo.scanner.providers.tmdb import TMDB
from kyoo.scanner.providers.tmdb import fault as tmdb_fault
from kyoo.scanner.providers.tvdb import TVDB
from kyoo.scanner.providers.tvdb import fault as tvdb_fault
from kyoo.scanner.providers.tvmaze import TVmaze
from kyoo.scanner.providers.tvmaze import fault as tvmaze_fault
from kyoo.scanner.providers.wikidata import Wikidata
from kyoo.scanner.providers.wikidata import fault as wikidata_fault
from kyoo.scanner.shows.grouping import Show
from tests.fakes.catalogue import FakeCatalogue
from tests.fakes.metadata import tmdb as tmdb_service
from tests.fakes.metadata import tvdb as tvdb_service
from tests.fakes.metadata.anilist import anilist
from tests.fakes.metadata.tvmaze import tvmaze
from tests.fakes.metadata.wikimedia import wikimedia
from tests.fakes.metadata.world import BARE, HARBOUR, LAMP, PAPER, PAPER_FILM
from tests.providers.conformance import Known, Subject, opened
from tests.providers.lines import changed, faulty, over

PACE = Pace(1000, 1)


def catalogue(**faults: object) -> FakeCatalogue:
    film = ShowRecord(
        provider="catalogue",
        kind="movie",
        id="12",
        ids={"catalogue": "12", "imdb": "tt0000012"},
        texts={"en": Texts(name="The Quiet Lamp"), "fr": Texts(name="La lampe muette")},
        start=date(1994, 5, 1),
    )
    serie = ShowRecord(
        provider="catalogue",
        kind="serie",
        id="34",
        ids={"catalogue": "34", "imdb": "tt0000034"},
        texts={"en": Texts(name="Harbour Nights")},
        seasons=[SeasonRecord(number=1)],
        episodes=[EpisodeRecord(season=1, number=1, texts={"en": Texts(name="Ebb")})],
    )
    return FakeCatalogue(shows=[film, serie], **faults)  # type: ignore[arg-type]


def library() -> Library:
    """A film with an .nfo file and a poster beside it."""
    folder = Path(tempfile.mkdtemp(prefix="kyoo-library-")) / "The Quiet Lamp (1994)"
    folder.mkdir()
    film = folder / "The Quiet Lamp (1994).mkv"
    film.touch()
    folder.joinpath("poster.jpg").touch()
    folder.joinpath("movie.nfo").write_text(
        "<movie><title>The Quiet Lamp</title><plot>A lamp says nothing.</plot><year>1994</year>"
        "<premiered>1994-05-01</premiered><runtime>93</runtime><genre>Drama</genre><studio>Ebb Films</studio>"
        "<director>Ada Quill</director><actor><name>Bo Reed</name><role>Lamp</role></actor>"
        "<uniqueid type='imdb'>tt0000012</uniqueid><set><name>Lamps</name></set></movie>"
    )
    file = LocalFile(str(film), UUID(int=1), parse(str(film)))
    show = Show("movie", "The Quiet Lamp", 1994, {})
    return Library(LocalShow(show, [file], [], {str(folder)}, "en", Artwork("http://kyoo.test")))


def anilist_over(line: Line) -> AniList:
    return AniList(Client("anilist", "https://anilist.test", PACE, line, fault=anilist_fault))


def tvmaze_over(line: Line) -> TVmaze:
    return TVmaze(Client("tvmaze", "https://tvmaze.test", PACE, line, fault=tvmaze_fault))


def wikidata_over(line: Line) -> Wikidata:
    data = Client("wikidata", "https://wikidata.test", PACE, line, fault=wikidata_fault)
    pedia = Client("wikidata", "", PACE, line, fault=wikidata_fault)
    return Wikidata(data, pedia, "https://wikipedia.test/{lang}", ["en", "fr"])


KEYS = FixedKeys({"tmdb": {"key": tmdb_service.KEY}, "tvdb": {"key": tvdb_service.KEY, "pin": tvdb_service.PIN}})


def tmdb_over(line: Line) -> TMDB:
    client = Client("themoviedatabase", "https://tmdb.test/3", PACE, line, keyed=True, fault=tmdb_fault)
    return TMDB(client, KEYS, "https://img.tmdb.test/t/p", ["en", "fr", "de"])


def tvdb_over(line: Line) -> TVDB:
    client = Client("tvdb", "https://tvdb.test/v4", PACE, line, keyed=True, fault=tvdb_fault)
    return TVDB(client, KEYS, "https://img.tvdb.test", ["en", "fr"])


SUBJECTS = [
    Subject(
        "catalogue",
        opened(catalogue),
        (
            Known("movie", "12", "The Quiet Lamp", {"imdb": "tt0000012"}),
            Known("serie", "34", "Harbour Nights", {"imdb": "tt0000034"}),
        ),
        faulty=(
            ("down", opened(lambda: catalogue(failing=UnavailableError("catalogue", "down"))), UnavailableError),
            ("key", opened(lambda: catalogue(failing=KeyRefusedError("catalogue", "no"))), KeyRefusedError),
        ),
    ),
    Subject("library", opened(library), (Known("movie", "the-quiet-lamp", "The Quiet Lamp"),)),
    Subject(
        "anilist",
        over(anilist, anilist_over),
        (
            Known("serie", str(PAPER.anilist), "Paper Town Tale", {"mal": str(PAPER.number)}),
            Known("movie", str(PAPER_FILM.anilist), "The Fold", {"anilist": str(PAPER_FILM.anilist)}),
        ),
        faulty=faulty(anilist, anilist_over),
        changed=partial(changed, anilist, anilist_over),
    ),
    Subject(
        "tvmaze",
        over(tvmaze, tvmaze_over),
        (
            Known("serie", str(HARBOUR.tvmaze), "Harbour Nights", {"tvdb": str(HARBOUR.tvdb)}),
            Known("serie", str(PAPER.tvmaze), "Paper Town Tale", {"imdb": PAPER.imdb}),
        ),
        faulty=faulty(tvmaze, tvmaze_over),
        changed=partial(changed, tvmaze, tvmaze_over),
    ),
    Subject(
        "wikidata",
        over(wikimedia, wikidata_over),
        (
            Known("movie", LAMP.wikidata, "The Quiet Lamp", {"imdb": LAMP.imdb}),
            Known("serie", HARBOUR.wikidata, "Harbour Nights", {"themoviedatabase": str(HARBOUR.tmdb)}),
            Known("movie", BARE.wikidata, "Untold"),
        ),
        unknown="Q999999999",
        faulty=faulty(wikimedia, wikidata_over),
        changed=partial(changed, wikimedia, wikidata_over),
    ),
    Subject(
        "tmdb",
        over(tmdb_service.tmdb, tmdb_over),
        (
            Known("movie", str(LAMP.tmdb), "The Quiet Lamp", {"imdb": LAMP.imdb}),
            Known("serie", str(HARBOUR.tmdb), "Harbour Nights", {"tvdb": str(HARBOUR.tvdb)}),
            Known("serie", str(PAPER.tmdb), "Paper Town Tale"),
            Known("movie", str(BARE.tmdb), "Untold"),
        ),
        faulty=faulty(tmdb_service.tmdb, tmdb_over, keyed=True),
        changed=partial(changed, tmdb_service.tmdb, tmdb_over),
    ),
    Subject(
        "tvdb",
        over(tvdb_service.tvdb, tvdb_over),
        (
            Known("movie", str(LAMP.tvdb), "The Quiet Lamp", {"imdb": LAMP.imdb}),
            Known("serie", str(HARBOUR.tvdb), "Harbour Nights", {"themoviedatabase": str(HARBOUR.tmdb)}),
            Known("serie", str(PAPER.tvdb), "Paper Town Tale"),
            Known("movie", str(BARE.tvdb), "Untold"),
        ),
        faulty=faulty(tvdb_service.tvdb, tvdb_over, keyed=True),
        changed=partial(changed, tvdb_service.tvdb, tvdb_over),
    ),
]
