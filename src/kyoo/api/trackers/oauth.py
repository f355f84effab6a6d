"""What the logins of trackers have in common (RFC 6749): the page to agree on, and tokens out of answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from kyoo.api.trackers.base import Answer, Application, LaterError, Login, RefusedError, Tokens, UnlinkedError

#: A token is renewed when it has no longer than this.
BEFOREHAND = timedelta(minutes=5)
#: The longest lifetime of a token that is believed, in seconds.
LONGEST = 10 * 365 * 86400
#: Characters of a token; AniList's have a thousand.
LARGEST = 8192


def page(url: str, application: Application, state: str, redirect: str, **more: str) -> str:
    query = {"response_type": "code", "client_id": application.client_id, "redirect_uri": redirect, "state": state}
    return f"{url}?{urlencode({**query, **more})}"


def secret_of(application: Application) -> dict[str, str]:
    return {"client_secret": application.client_secret} if application.client_secret else {}


def tokens_of(title: str, answer: Answer, before: Tokens | None = None) -> Tokens:
    """The tokens in an answer. A refresh token that is not given anew stays. RefusedError when there are none."""
    body: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    access, refresh, expires = body.get("access_token"), body.get("refresh_token"), body.get("expires_in")
    if not _is_token(access):
        raise RefusedError("refused", f"{title} gave no token")
    seconds = expires if isinstance(expires, int | float) and 0 < expires < LONGEST else None
    return Tokens(
        str(access),
        refresh if _is_token(refresh) else before.refresh if before else None,
        datetime.now(UTC) + timedelta(seconds=seconds) if seconds else None,
    )


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LARGEST and value.isascii() and value.isprintable()


async def ask(
    title: str, login: Login, url: str, given: dict[str, str], *, as_form: bool, renews: bool = False
) -> Answer:
    """Ask for tokens. RefusedError when it is refused, UnlinkedError when a renewal is."""
    body = {"client_id": login.application.client_id, **secret_of(login.application), **given}
    answer = await login.wire(
        "POST", url, json=None if as_form else body, form=body if as_form else None, expected=(200, 201, 400, 401, 403)
    )
    if answer.status not in (200, 201):
        word = answer.body.get("error") if isinstance(answer.body, dict) else None
        known = f" ({word})" if isinstance(word, str) and word.replace("_", "").isalnum() and len(word) < 40 else ""
        if word in ("invalid_client", "unauthorized_client") or (answer.status == 403 and word is None):
            raise LaterError("application", f"{title} does not accept this server's application{known}", after=3600)
        if renews:
            raise UnlinkedError("unlinked", f"{title} has ended this link{known}: link it anew")
        raise RefusedError("refused", f"{title} refused the login{known}")
    return answer
