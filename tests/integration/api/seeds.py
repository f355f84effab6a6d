"""Callers of the api, and what is seeded into it: small valid bodies, of which a test says only what it is about."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OctKey

from kyoo.core.tokens import NIL_UUID

SECRET = "a secret of the tests, long enough"
USER = UUID("39158be0-3f59-4c45-b00d-d25b3bc2b884")
OTHER_USER = UUID("5c5fbd1c-9c4e-4b05-8d3f-0b7cf5a6b6a0")
PUBLIC_URL = "https://kyoo.example.org"

READ = "core.read"
WRITE = "core.write"
USERS = "users.read"


def make_token(user: UUID = USER, permissions: tuple[str, ...] = (READ, WRITE, USERS), **claims: Any) -> str:
    return jwt.encode(
        {"alg": "HS256"},
        {
            "sub": str(user),
            "sid": str(user),
            "username": "tester",
            "permissions": list(permissions),
            "exp": int(time.time()) + 3600,
            **claims,
        },
        OctKey.import_key(SECRET),
    )


def bearer(*args: Any, **claims: Any) -> dict[str, str]:
    """Headers of a caller: `bearer(user, permissions, claim=…)`."""
    return {"Authorization": f"Bearer {make_token(*args, **claims)}"}


GUEST = bearer(NIL_UUID, (READ,))


def image_url(name: str) -> str:
    return f"https://images.example.org/{name}.jpg"


def texts(name: str, **more: Any) -> dict[str, Any]:
    """A translation of a show."""
    nothing = dict.fromkeys(("description", "tagline", "poster", "thumbnail", "banner", "logo", "trailer"))
    return {"name": name, "latinName": None, "aliases": [], "tags": [], **nothing, **more}


def movie_seed(slug: str, **more: Any) -> dict[str, Any]:
    name = slug.replace("-", " ").title()
    return {
        "slug": slug,
        "genres": [],
        "rating": {},
        "status": "finished",
        "runtime": 100,
        "airDate": "2020-01-01",
        "externalId": {},
        "originalLanguage": "en",
        "translations": {"en": texts(name)},
        **more,
    }


def serie_seed(slug: str, **more: Any) -> dict[str, Any]:
    name = slug.replace("-", " ").title()
    return {
        "slug": slug,
        "genres": [],
        "rating": {},
        "status": "finished",
        "runtime": 24,
        "startAir": "2017-07-07",
        "endAir": None,
        "externalId": {},
        "originalLanguage": "en",
        "translations": {"en": texts(name)},
        "seasons": [],
        "entries": [],
        **more,
    }


def season_seed(number: int, **more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("description", "poster", "thumbnail", "banner"))
    return {
        "seasonNumber": number,
        "startAir": None,
        "endAir": None,
        "externalId": {},
        "translations": {"en": {"name": f"Season {number}", **nothing}},
        **more,
    }


def _entry(kind: str, order: float, name: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "content": "story",
        "order": order,
        "airDate": None,
        "runtime": 24,
        "thumbnail": None,
        "externalId": {},
        "translations": {"en": {"name": name, "description": None}},
    }


def episode_seed(season: int, episode: int, *, order: float | None = None, **more: Any) -> dict[str, Any]:
    entry = _entry("episode", episode if order is None else order, f"Episode {season}x{episode}")
    return {**entry, "seasonNumber": season, "episodeNumber": episode, **more}


def special_seed(number: int, order: float, **more: Any) -> dict[str, Any]:
    return {**_entry("special", order, f"Special {number}"), "content": "ova", "number": number, **more}


def film_seed(order: float, slug: str | None = None, **more: Any) -> dict[str, Any]:
    """A movie entry of a serie."""
    translation = {"name": "The film", "description": None, "tagline": None, "poster": None}
    entry = {**_entry("movie", order, "The film"), "translations": {"en": translation}, **more}
    return {**entry, "slug": slug} if slug else entry


def video_seed(path: str, **more: Any) -> dict[str, Any]:
    return {
        "path": path,
        "rendering": "".join(c if c.isalnum() else "-" for c in path.lower()).strip("-"),
        "part": None,
        "version": 1,
        "guess": {"title": path.rsplit("/", 1)[-1], "from": "test", "history": []},
        **more,
    }
