"""A double of the transcoder for the scanner: it measures files by name and counts how often it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from kyoo.core.files import decode_path


@dataclass
class FakeTranscoder:
    """`durations`: file name → seconds (`usual` for others); `tags`: file name → the tags inside; `broken`: names it
    cannot read; `failing`: names it fails on with 500, as a defect of its own would; `down`: nothing is answered but
    503."""

    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    down: bool = False
    usual: float = 600.0
    asked: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/video/{path}/info")
        async def info(path: str) -> JSONResponse:
            name = decode_path(path).name
            self.asked.append(name)
            if self.down:
                return JSONResponse({"errors": ["starting"]}, 503)
            if name in self.failing:
                return JSONResponse({"errors": ["defect"]}, 500)
            if not Path(decode_path(path)).exists():
                return JSONResponse({"errors": ["No such file"]}, 404)
            if name in self.broken:
                return JSONResponse({"duration": 0, "videos": [], "audios": []})
            duration, tags = self.durations.get(name, self.usual), self.tags.get(name, {})
            return JSONResponse({"duration": duration, "videos": [{}], "audios": [], "tags": tags})

        return app
