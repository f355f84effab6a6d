"""What the demo has besides its library: languages, ages, users and what they watched. All over the public API."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from kyoo.demo import drawing
from kyoo.demo.drawing import Scene
from kyoo.demo.library import ANIME_FOLDER, FILMS_FOLDER, SERIES_FOLDER
from kyoo.demo.titles import COLLECTION, COLLECTION_TEXTS, FILMS, SERIES, Feature, Film, Serie

#: The one who logs in first and is the administrator; everybody's password is the same.
ADMIN, ADULT, CHILD = "demo", "robin", "kim"
PASSWORD = "demo"  # noqa: S105 (printed at every start; the demo listens on this machine only)
CHILD_AGE = 6


class Filling:
    """A conversation with a running instance. Everything may be said twice."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self._tokens: dict[str, str] = {}

    async def fill(self, library: Path, videos: int) -> None:
        await self._log_in(ADMIN)
        await self._scanned(videos)
        for folder in (FILMS_FOLDER, SERIES_FOLDER, ANIME_FOLDER):
            await self._ask("PUT", f"/api/libraries/{folder.lower()}", {"name": folder, "path": str(library / folder)})
        for title in (*FILMS, *SERIES):
            await self._describe(title)
        await self._describe_collection()
        for name in (ADULT, CHILD):
            await self._log_in(name)
        users = {user["username"]: user["id"] for user in (await self._ask("GET", "/auth/users"))["items"]}
        viewer = {"permissions": ["core.read", "core.play"], "verified": True}
        await self._ask("PATCH", f"/auth/users/{users[ADULT]}", {"claims": viewer})
        await self._ask("PATCH", f"/auth/users/{users[CHILD]}", {"claims": viewer | {"maxAge": CHILD_AGE}})
        # Their tokens know nothing of that before they are fresh.
        for name in (ADULT, CHILD):
            await self._log_in(name)
        for name in (ADMIN, ADULT, CHILD):
            await self._watch(name)

    async def _log_in(self, name: str) -> None:
        """As a user who is registered first, if need be."""
        account = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        registered = await self._client.post("/auth/users", json=account)
        if registered.status_code == 409:
            registered = await self._client.post("/auth/sessions", json={"login": name, "password": PASSWORD})
        self._tokens[name] = registered.raise_for_status().json()["token"]

    async def _ask(
        self, method: str, path: str, body: Any = None, *, user: str = ADMIN, files: dict[str, Any] | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[user]}"}
        answer = await self._client.request(method, path, json=body, files=files, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def _scanned(self, videos: int) -> None:
        while True:
            state = await self._ask("GET", "/scanner/progress")
            if state["identified"] + state["failed"] >= videos and not state["running"]:
                return
            await asyncio.sleep(0.5)

    # --- the catalogue ---

    async def _describe(self, title: Film | Serie) -> None:
        """What no file of the library says: other languages and ages; in a serie also which film is a recap."""
        path = f"/api/{'movies' if isinstance(title, Film) else 'series'}/{slug(title.title)}"
        texts = {
            language: {"name": title.names.get(language, title.title), "description": plot}
            for language, plot in title.plot.items()
            if language != "en"
        }
        change: dict[str, Any] = {"minAge": title.age, "translations": texts}
        if isinstance(title, Serie) and title.original != "en":
            change["originalLanguage"] = title.original
        await self._ask("PATCH", path, change)
        if isinstance(title, Serie):
            for place, feature in enumerate(title.features, start=1):
                await self._describe_feature(title, feature, place)

    async def _describe_feature(self, serie: Serie, feature: Feature, place: int) -> None:
        entry = f"/api/entries/{slug(serie.title)}-{slug(feature.name)}"
        before = sum(len(season.episodes) for season in serie.seasons[: feature.after[0]])
        content = "recap" if feature.recap else "story"
        await self._ask("PATCH", entry, {"content": content, "order": before + place / 10})
        scene = serie.scene.again(feature.name, feature.palette)
        await self._upload(f"{entry}/poster", drawing.poster(scene, feature.name, []))

    async def _describe_collection(self) -> None:
        path = f"/api/collections/{slug(COLLECTION)}"
        texts = {language: {"name": COLLECTION, "description": text} for language, text in COLLECTION_TEXTS.items()}
        await self._ask("PATCH", path, {"translations": texts, "genres": ["drama"], "minAge": 12})
        scene = Scene("sea", "rose", "boat", COLLECTION)
        await self._upload(f"{path}/poster", drawing.poster(scene, COLLECTION, []))
        await self._upload(f"{path}/thumbnail", drawing.picture(scene, (1600, 900)))

    async def _upload(self, path: str, picture: Any) -> None:
        content = io.BytesIO()
        picture.convert("RGB").save(content, "JPEG", quality=88)
        await self._ask("PUT", path, files={"file": ("picture.jpg", content.getvalue(), "image/jpeg")})

    # --- the viewers ---

    async def _watch(self, name: str) -> None:
        """Who has a history already has watched all this before."""
        if (await self._ask("GET", "/api/profiles/me/history", user=name))["items"]:
            return
        plays = [await self._play(name, *play) for play in HISTORY[name]]
        await self._ask("POST", "/api/profiles/me/history", plays, user=name)
        for path, status in STATUS[name].items():
            await self._ask("POST", f"/api/{path}/watchstatus", {"status": status}, user=name)
        for path, score in SCORES[name].items():
            await self._ask("PUT", f"/api/{path}/score", {"score": score}, user=name)

    async def _play(self, name: str, entry: str, percent: int, days: float) -> dict[str, Any]:
        video = await self._ask("GET", f"/api/videos/{entry}", user=name)
        info = await self._ask("GET", f"/api/videos/{entry}/info", user=name)
        return {
            "entry": video["entries"][0]["id"],
            "videoId": video["id"],
            "percent": percent,
            "time": int(info["duration"] * percent / 100),
            "playedDate": (datetime.now(UTC) - timedelta(days=days)).isoformat(),
        }


def slug(title: str) -> str:
    """As the scanner names a show of this title."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower().replace("'", "")).split())


#: user → (entry, percent, days ago)
HISTORY: dict[str, list[tuple[str, int, float]]] = {
    ADMIN: [
        ("small-rivers-s1e1", 100, 40),
        ("small-rivers-s1e2", 100, 39),
        ("small-rivers-s1e3", 100, 38),
        ("paper-moons", 100, 30),
        ("a-quiet-harbour", 100, 21),
        *((f"skylarks-of-aonami-s1e{number}", 100, 20 - number) for number in range(1, 6)),
        ("northern-lights-s1e1", 100, 4),
        ("northern-lights-s1e2", 100, 3),
        ("northern-lights-s1e3", 100, 2),
        ("corner-shop-s1e1", 35, 1.5),
        ("the-second-tide", 58, 1),
        ("northern-lights-s1e4", 44, 0.2),
    ],
    ADULT: [
        ("signal-lost", 100, 12),
        ("midnight-tram", 100, 6),
        ("northern-lights-s1e1", 100, 5),
        ("northern-lights-s1e2", 61, 1),
    ],
    CHILD: [
        ("three-balloons-to-breakfast", 100, 9),
        ("skylarks-of-aonami-s1e1", 100, 3),
        ("skylarks-of-aonami-s1e2", 52, 1),
        ("paper-moons", 47, 0.5),
    ],
}
STATUS = {
    ADMIN: {
        "movies/signal-lost": "planned",
        "movies/the-cartographer": "planned",
        "movies/glass-garden": "dropped",
    },
    ADULT: {"series/corner-shop": "planned", "movies/paper-moons": "planned"},
    CHILD: {"series/small-rivers": "planned"},
}
SCORES = {
    ADMIN: {"movies/paper-moons": 95, "movies/a-quiet-harbour": 80, "series/small-rivers": 70},
    ADULT: {"movies/midnight-tram": 75},
    CHILD: {"movies/three-balloons-to-breakfast": 100},
}
