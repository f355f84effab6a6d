"""The providers that the conformance suite looks at, each over a service that is a double."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from uuid import UUID

from kyoo.scanner.artwork import Artwork
from kyoo.scanner.grouping import Show
from kyoo.scanner.local import LocalFile, LocalShow
from kyoo.scanner.naming import parse
from kyoo.scanner.providers.base import KeyRefusedError, UnavailableError
from kyoo.scanner.providers.library import Library
from kyoo.scanner.providers.records import EpisodeRecord, SeasonRecord, ShowRecord, Texts
from tests.fakes.catalogue import FakeCatalogue
from tests.providers.conformance import Known, Subject, opened


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
]
