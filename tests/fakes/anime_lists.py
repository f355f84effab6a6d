"""The public lists of anime as a service: made-up lists in their shapes, with the ids that the real ones have."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FILM_3 = (
    '<mapping-list><mapping anidbseason="0" tvdbseason="0" start="1" end="4" offset="3"/>'
    '<mapping anidbseason="1" tvdbseason="0">;1-3;</mapping></mapping-list>'
)
_ONE_PIECE = (
    '<mapping-list><mapping anidbseason="0" tvdbseason="0">;1-27;2-3;6-0;</mapping>'
    '<mapping anidbseason="1" tvdbseason="1" start="1" end="8" offset="0"/>'
    '<mapping anidbseason="1" tvdbseason="2" start="9" end="30" offset="-8"/>'
    '<mapping anidbseason="1" tvdbseason="3" start="31" offset="-30"/></mapping-list>'
)
_ANGEL = (
    '<mapping-list><mapping anidbseason="1" tvdbseason="2">;1-1+2;2-3+4;</mapping></mapping-list><before>;1-3;</before>'
)

#: anidb, tvdb, default season, offset, tmdb tv, tmdb films, name, the rest
_ANIME = [
    (12681, "326109", "1", "", "72636", "", "Made in Abyss", ""),
    (13941, "326109", "0", "", "", "526426,526429", "Gekijouban Soushuuhen Made in Abyss", ""),
    (
        13612, "326109", "0", "", "", "573730", "Gekijouban Made in Abyss: Fukaki Tamashii no Reimei",
        _FILM_3,
    ),
    (15359, "326109", "2", "", "72636", "", "Made in Abyss: Retsujitsu no Ougonkyou", ""),
    (14107, "348545", "1", "", "85937", "", "Kimetsu no Yaiba", ""),
    (
        15113, "348545", "0", "1", "", "635302", "Gekijouban Kimetsu no Yaiba: Mugen Ressha Hen",
        '<mapping-list><mapping anidbseason="1" tvdbseason="0"> ;1-2; </mapping></mapping-list>',
    ),
    (16803, "348545", "2", "", "85937", "", "Kimetsu no Yaiba: Mugen Ressha Hen", ""),
    (16054, "348545", "3", "", "85937", "", "Kimetsu no Yaiba: Yuukaku Hen", ""),
    (16947, "405920", "1", "", "120089", "", "Spy x Family", ""),
    (17061, "405920", "1", "12", "120089", "", "Spy x Family (2022)", ""),
    (17784, "405920", "2", "", "120089", "", "Spy x Family (2023)", ""),
    (14491, "355774", "1", "", "86031", "", "Dr. Stone", ""),
    (15305, "355774", "2", "", "86031", "", "Dr. Stone: Stone Wars", ""),
    (17053, "355774", "3", "", "86031", "", "Dr. Stone: New World", ""),
    (18064, "355774", "3", "11", "86031", "", "Dr. Stone: New World (2023)", ""),
    (
        69, "81797", "a", "", "37854", "", "One Piece",
        _ONE_PIECE,
    ),
    (
        259, "79289", "2", "", "42858", "", "Galaxy Angel Z",
        _ANGEL,
    ),
    (13943, "movie", "", "", "", "", "Gekijouban City Hunter: Shinjuku Private Eyes", ""),
    (1, "", "", "", "", "", "Nowhere", ""),
]  # fmt: skip

_TITLES = {
    12681: [("main", "x-jat", "Made in Abyss"), ("official", "ja", "メイドインアビス")],
    13612: [("official", "en", "Made in Abyss: Dawn of the Deep Soul")],
    15359: [("official", "en", "Made in Abyss: The Golden City of the Scorching Sun"), ("short", "en", "MiA2")],
    16054: [("official", "en", "Demon Slayer: Kimetsu no Yaiba - Entertainment District Arc")],
}

_BRIDGE = {
    "97986": {"anidb_id": 12681, "tvdb_id": 326109, "tvdb_mappings": {"s1": ""}},
    "101343": {"imdb_id": "tt10068158", "tmdb_movie_id": 526426, "tvdb_id": 326109, "tvdb_mappings": {"s0": "e1"}},
    "101344": {"tmdb_movie_id": [526429], "tvdb_id": 326109, "tvdb_mappings": {"s0": "e2"}},
    "100643": {"anidb_id": 13612, "tvdb_id": 326109, "tvdb_mappings": {"s0": "e3"}},
    "114745": {"anidb_id": 15359, "tvdb_id": 326109, "tvdb_mappings": {"s2": "e1-"}},
}


def anime_list() -> bytes:
    entries = "".join(
        f'<anime anidbid="{anidb}" tvdbid="{tvdb}" defaulttvdbseason="{season}" episodeoffset="{offset}" '
        f'tmdbtv="{tmdb}" tmdbseason="{season if tmdb else ""}" tmdboffset="{offset if tmdb else ""}" '
        f'tmdbid="{films}" imdbid="">'
        f"<name>{name}</name>{rest}<supplemental-info><studio>A</studio></supplemental-info></anime>"
        for anidb, tvdb, season, offset, tmdb, films, name, rest in _ANIME
    )
    return f'<?xml version="1.0" encoding="utf-8"?><anime-list>{entries}</anime-list>'.encode()


def titles() -> bytes:
    entries = "".join(
        f'<anime aid="{aid}">'
        + "".join(f'<title type="{kind}" xml:lang="{language}">{text}</title>' for kind, language, text in known)
        + "</anime>"
        for aid, known in _TITLES.items()
    )
    return f"<animetitles>{entries}</animetitles>".encode()


def contents() -> dict[str, bytes]:
    """Path → content, as GitHub has them."""
    fribb = [
        {"anidb_id": 12681, "anilist_id": 97986, "tvdb_id": 326109, "themoviedb_id": {"tv": 72636}},
        {"anidb_id": 15113, "anilist_id": 112151, "themoviedb_id": {"movie": [635302]}, "imdb_id": ["tt11032374"]},
        {"anidb_id": 13943, "anilist_id": 102453, "type": "MOVIE", "themoviedb_id": 551271},
        {"anilist_id": 5},
        "nonsense",
    ]
    kometa = {"14107": {"tvdb_id": 348545, "anilist_id": 101922, "mal_id": "38000,38001"}, "x": {"anilist_id": 1}}
    return {
        "/Anime-Lists/anime-lists/master/anime-list-master.xml": anime_list(),
        "/Anime-Lists/anime-lists/master/animetitles.xml": titles(),
        "/Fribb/anime-lists/master/anime-list-full.json": json.dumps(fribb).encode(),
        "/Kometa-Team/Anime-IDs/master/anime_ids.json": json.dumps(kometa).encode(),
        "/eliasbenb/PlexAniBridge-Mappings/v2/mappings.json": json.dumps(_BRIDGE).encode(),
    }


@dataclass
class AnimeLists:
    """`contents` may be changed; `asked` are the paths asked for, `fresh` those that were answered whole."""

    contents: dict[str, bytes] = field(default_factory=contents)
    asked: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    status: int | None = None

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        if self.status is not None:
            return Response("no", self.status)
        content = self.contents.get(path)
        if content is None:
            return Response("404: Not Found", 404)
        tag = f'"{hash(content)}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag})
        self.fresh.append(path)
        return Response(content, headers={"etag": tag, "content-type": "text/plain; charset=utf-8"})
