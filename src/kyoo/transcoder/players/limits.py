"""Viewers whose token limits them to libraries or an age: which files those are only the api knows, which is asked
(`see_file` of api/routes/libraries.py)."""

from __future__ import annotations

import json

import httpx2

from kyoo.core.caches import TTL
from kyoo.core.errors import KyooError, NotFoundError
from kyoo.core.files import decode_path, encode_path
from kyoo.core.tokens import Identity

#: Seconds for which a file that could be seen can be seen: a playing one is asked for every few seconds.
REMEMBERED = 30.0
#: Answers kept, over all viewers.
ANSWERS = 4096


class VisibleFiles:
    """Asks the api, and remembers its answers for a while."""

    def __init__(self, peer: httpx2.AsyncClient) -> None:
        self._peer = peer
        self._seen: TTL[tuple[str, str], bool] = TTL("visible files", ANSWERS, REMEMBERED)

    async def check(self, viewer: Identity | None, encoded: str) -> None:
        """Raise NotFoundError unless the viewer may see the file of this encoded path, whether it exists or not."""
        if viewer is None or not viewer.limits:
            return
        path, claims = encode_path(decode_path(encoded)), json.dumps(viewer.limits, sort_keys=True)
        if self._seen.find((path, claims)):
            return
        try:
            response = await self._peer.get(f"/api/files/{path}", params={"claims": claims})
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise KyooError("The api, which knows the limits of this account, cannot be reached", status=503) from error
        if response.status_code not in (204, 404, 422):
            raise KyooError(
                f"The api, which knows the limits of this account, answers {response.status_code}", status=503
            )
        if response.status_code != 204:
            raise NotFoundError("No such file")
        self._seen[path, claims] = True
