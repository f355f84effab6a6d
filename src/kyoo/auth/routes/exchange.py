"""`ANY /auth/jwt` and `ANY /auth/jwt/*`: the phantom-token exchange that gateways call."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kyoo.auth.audit import Actor
from kyoo.auth.context import AuthContext
from kyoo.auth.models.info import Token
from kyoo.auth.routes.actors import client_address
from kyoo.auth.routes.credentials import find_credential
from kyoo.auth.tokens.presign import clean_path, path_of
from kyoo.core.http.permissions import public

router = APIRouter(tags=["tokens"], dependencies=[public()])

#: Gateways repeat the verb of the original request: all that the HTTP server knows (RFC 9110, WebDAV, caches, UPnP).
VERBS = [
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "PURGE"),
    *("PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "ACL", "MERGE"),
    *("BIND", "REBIND", "UNBIND", "LINK", "UNLINK", "MKACTIVITY", "MKCALENDAR", "CHECKOUT", "SOURCE"),
    *("NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "M-SEARCH"),
]

#: What says of a request that it has a body, and which.
OF_BODY = (b"content-type", b"content-length", b"transfer-encoding")


class WithoutBody:
    """Reads no body at the exchange: gateways repeat the headers of a request, and not always what they announce."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope["path"] == "/auth/jwt" or scope["path"].startswith("/auth/jwt/")):
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in OF_BODY]}
            receive = _after_nothing(receive)
        await self.app(scope, receive, send)


def _after_nothing(receive: Receive) -> Receive:
    """An empty body, and then what the connection says: whoever waits for its end must not be answered at once."""
    body: Message | None = {"type": "http.request", "body": b"", "more_body": False}

    async def next_message() -> Message:
        nonlocal body
        if body is None:
            return await receive()
        message, body = body, None
        return message

    return next_message


@router.get("/auth/jwt", response_model=Token)
async def exchange(request: Request) -> JSONResponse:
    """A JWT of an hour for any credential, in the body and as the header `Authorization` for the gateway to pass on.

    401: no credential and no guests. 403: a credential that is not, or no longer, valid.
    """
    token = await token_of(request, request.app.state.context)
    return JSONResponse({"token": token}, headers={"Authorization": f"Bearer {token}"})


router.add_api_route("/auth/jwt", exchange, methods=[verb for verb in VERBS if verb != "GET"], include_in_schema=False)
router.add_api_route("/auth/jwt/{rest:path}", exchange, methods=VERBS, include_in_schema=False)


async def token_of(request: Request, context: AuthContext) -> str:
    credential = find_credential(request, context.public_url, at_exchange=True)
    match credential.kind:
        case "presign":
            uri = request.headers.get("x-forwarded-uri")
            path = path_of(uri) if uri else clean_path(request.scope["path"])
            verb = request.headers.get("x-forwarded-method") or request.method
            return await context.exchange.token_of_signature(credential.value, verb, path)
        case "api_key":
            by = Actor(address=client_address(request))
            return context.exchange.token_of_api_key(await context.api_keys.identify(credential.value, by))
        case "bearer":
            return await context.exchange.token_of_bearer(
                credential.value, from_gateway=is_from_gateway(request), by_cookie=credential.by_cookie
            )
        case "anonymous":
            uri = request.headers.get("x-forwarded-uri")
            verb = request.headers.get("x-forwarded-method") or request.method
            return await context.exchange.token_of_guest(verb, path_of(uri) if uri else None)


def is_from_gateway(request: Request) -> bool:
    """Whether the token is asked for a request to somewhere else, as far as one can see."""
    describes_another = ("x-forwarded-uri", "x-forwarded-method", "x-original-uri", "x-original-url")
    return request.scope["path"] != "/auth/jwt" or any(name in request.headers for name in describes_another)
