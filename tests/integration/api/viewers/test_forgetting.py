"""Users that auth has deleted are forgotten by the api."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx2
from tests.integration.api.conftest import Peer

from kyoo.api.forgetting import forget_deleted_users
from kyoo.core.database.postgres import Database, execute, fetch_all
from kyoo.core.http.service import Runtime


async def add_profile(database: Database, user: UUID) -> None:
    async with database.connection() as connection:
        await execute(connection, "insert into api.profiles (id) values (%s)", [user])


async def known(database: Database) -> set[UUID]:
    async with database.connection() as connection:
        return {row["id"] for row in await fetch_all(connection, "select id from api.profiles")}


async def test_every_page_of_the_list_is_forgotten(database: Database, runtime: Runtime, peer: Peer) -> None:
    gone, kept = [uuid4() for _ in range(5)], uuid4()
    for user in (*gone, kept):
        await add_profile(database, user)

    def deletions(request: httpx2.Request) -> httpx2.Response:
        after = int(request.url.params["after"])
        items = [{"number": number + 1, "id": str(user), "date": "x"} for number, user in enumerate(gone)]
        return httpx2.Response(200, json={"items": items[after : after + 2], "this": "", "next": None})

    peer.answers["/auth/deletions"] = deletions
    assert await forget_deleted_users(database, runtime.peer) == 5
    assert await known(database) == {kept}
    # A token that outlived its user wrote something.
    await add_profile(database, gone[0])
    assert await forget_deleted_users(database, runtime.peer) == 1


async def test_nothing_happens_while_auth_does_not_answer(database: Database, runtime: Runtime, peer: Peer) -> None:
    await add_profile(database, uuid4())

    def broken(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("down")

    for answer in (
        None,
        broken,
        lambda _: httpx2.Response(500),
        lambda _: httpx2.Response(200, text="<html>"),
        lambda _: httpx2.Response(200, json={"items": [{"id": "x"}]}),
    ):
        peer.answers = {} if answer is None else {"/auth/deletions": answer}
        assert await forget_deleted_users(database, runtime.peer) == 0
    assert len(await known(database)) == 1
