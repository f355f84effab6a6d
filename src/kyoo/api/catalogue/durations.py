"""How long videos last, which the transcoder knows: a play is never further than the end of its video."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Sequence
from uuid import UUID

import httpx2

from kyoo.api.models.profile import SeedHistory
from kyoo.core.caches import TLRU

#: Videos whose duration is kept.
REMEMBERED = 4096
#: Seconds for which a video whose duration could not be had is not asked for again.
UNKNOWN = 60.0
#: Videos of one request that are asked for, and the seconds that this may take. A player reports one.
ASKED, PATIENCE = 16, 2.0


class Durations:
    """The transcoder is asked once for each video; one that it does not know has no end."""

    def __init__(self, peer: httpx2.AsyncClient) -> None:
        self._peer = peer
        #: Seconds, and until when by the monotonic clock that is so.
        self._known: TLRU[UUID, tuple[float, float]] = TLRU("durations", REMEMBERED, lambda end: end[1])

    async def within(self, plays: Sequence[SeedHistory]) -> list[SeedHistory]:
        """`plays`, none of which is beyond the end of its video: there, its percentage says how far it has come.
        Clients carry the time of one video over to the next."""
        videos = {play.video_id for play in plays if play.video_id is not None and play.time > 0}
        ends = await self._ends(videos)
        return [
            play.model_copy(update={"time": round(end * play.percent / 100)})
            if play.video_id is not None and play.time >= 1 + (end := ends.get(play.video_id, math.inf))
            else play
            for play in plays
        ]

    async def _ends(self, videos: Iterable[UUID]) -> dict[UUID, float]:
        ends: dict[UUID, float] = {}
        missing: list[UUID] = []
        for video in videos:
            if (end := self._known.find(video)) is not None:
                ends[video] = end[0]
            else:
                missing.append(video)
        if asked := missing[:ASKED]:
            found = await asyncio.gather(*(self._ask(video) for video in asked))
            ends |= dict(zip(asked, found, strict=True))
        return ends

    async def _ask(self, video: UUID) -> float:
        seconds = 0.0
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._peer.get(f"/api/videos/{video}/info")
            if answer.status_code == 200:
                seconds = float(answer.json()["duration"])
        except (httpx2.HTTPError, TimeoutError, ValueError, KeyError, TypeError):
            # A play is kept whether or not anybody knows how long its video is.
            pass
        known = 0 < seconds < math.inf
        # A file that takes the place of another has the same id for a while.
        end = seconds if known else math.inf
        self._known[video] = (end, time.monotonic() + (60 * UNKNOWN if known else UNKNOWN))
        return end
