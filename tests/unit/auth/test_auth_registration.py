"""What a registration may contain."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kyoo.auth.models.users import Registration


@pytest.mark.parametrize(
    "changes",
    [
        {"username": None},
        {"username": ""},
        {"username": "a@b"},
        {"username": "me"},
        {"username": "0190a3f4-5b6c-7d8e-9f00-112233445566"},
        {"username": "x" * 257},
        {"username": "nul\0"},
        {"email": None},
        {"email": "nobody"},
        {"email": "a b@c.d"},
        {"email": "x" * 320 + "@c.d"},
        {"password": None},
        {"password": ""},
        {"password": "x" * 2000},
    ],
    ids=lambda changes: f"{next(iter(changes.items()))}"[:40].replace("\0", "0"),
)
def test_what_is_not_registered(changes: dict[str, Any]) -> None:

    body = {"username": "alice", "email": "alice@kyoo.test", "password": "secret", **changes}
    with pytest.raises(ValidationError):
        Registration.model_validate({name: value for name, value in body.items() if value is not None})


@pytest.mark.parametrize("username", ["a", "Zoë", "李小龍", "with blank", "guest", "x" * 256, "🎬"])
@pytest.mark.parametrize("email", ["a@b", "first.last+tag@sub.example.org", "é@exämple.org"])
def test_what_is_registered(username: str, email: str) -> None:
    body = {"username": username, "email": email, "password": "x"}
    assert Registration.model_validate(body).model_dump() == body
