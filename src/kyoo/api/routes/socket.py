"""The websocket `/api/ws`: opening, reading, closing. What the messages do is in kyoo.api.realtime."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, WebSocket
from fastapi.responses import JSONResponse
from starlette.websockets import WebSocketDisconnect

from kyoo.api.context import ApiContext
from kyoo.api.realtime.asyncapi import document
from kyoo.api.realtime.session import SESSION_CHECK, Session, SessionOverError
from kyoo.api.realtime.sockets import FloodError, Socket
from kyoo.core.errors import KyooError, error_object
from kyoo.core.http.frames import writer
from kyoo.core.http.permissions import Authentication, requires
from kyoo.core.tokens import Identity

router = APIRouter(prefix="/api", tags=["websocket"])

#: Closes a socket whose session has ended.
SESSION_OVER = 4401
#: RFC 6455 §7.4.1: of a kind that is not understood; against the rules.
NOT_TEXT, POLICY = 1003, 1008


async def websocket(socket: WebSocket) -> None:
    """Any token opens it; each action needs its own permission. The subprotocol `kyoo` is chosen when it is offered."""
    authentication: Authentication = socket.app.state.authentication
    context: ApiContext = socket.app.state.context
    async with AsyncExitStack() as place:
        try:
            identity = await authentication.identify(socket)
            if identity is not None:
                address = socket.client.host if socket.client else None
                await place.enter_async_context(context.sockets.one_more(identity, address))
        except KyooError as error:
            await socket.send_denial_response(JSONResponse(error_object(error.status, error.message), error.status))
            return
        if identity is None:
            await socket.close()
            return
        await talk(socket, context, identity)


# Starlette's kind of route: what FastAPI keeps for each socket to fill in parameters, of which there are none, takes a
# tenth of the memory of one.
router.add_websocket_route("/api/ws", websocket)


@router.get("/asyncapi.json", dependencies=[requires()], response_model=dict[str, Any])
async def asyncapi() -> JSONResponse:
    """The AsyncAPI document of the websocket: every frame that there is."""
    return JSONResponse(document())


async def talk(socket: WebSocket, context: ApiContext, identity: Identity) -> None:
    await socket.accept(subprotocol="kyoo" if "kyoo" in socket.scope["subprotocols"] else None)
    token = socket.headers["authorization"].partition(" ")[2]
    too_slow = False
    task = asyncio.current_task()
    assert task is not None

    def cut() -> None:
        nonlocal too_slow
        too_slow = True
        task.cancel()

    browser = socket.headers.get("user-agent", "")
    session = Session(context, identity, token)
    client = Socket(context, session, browser=browser, send=socket.send_text, write=writer(socket.scope), cut=cut)
    try:
        await _listen(socket, client)
    except SessionOverError as error:
        await socket.close(SESSION_OVER, error.message)
    except FloodError as error:
        await socket.close(POLICY, error.message)
    except WebSocketDisconnect:
        return
    except KeyError:
        await socket.close(NOT_TEXT, "Only text is understood")
    except asyncio.CancelledError:
        if not too_slow:
            raise
        # Whoever does not read cannot be told either: the connection ends.
        task.uncancel()
    finally:
        await client.close()


async def _listen(socket: WebSocket, client: Socket) -> None:
    while True:
        try:
            async with asyncio.timeout(SESSION_CHECK):
                text = await socket.receive_text()
        except TimeoutError:
            await client.check()
            continue
        await client.hear(text)
        # Neither of these waits while a client sends more than it is answered: let others have their turn.
        await asyncio.sleep(0)
