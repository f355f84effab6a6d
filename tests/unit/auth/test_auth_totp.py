"""TOTP against the published test vectors, recovery codes, and QR codes."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.auth.factors.codes import new_app_password, new_recovery_code, new_user_code, normal_code, normal_user_code
from kyoo.auth.factors.qr import qr_svg
from kyoo.auth.factors.totp import as_base32, code_at, matching_step, new_totp_secret, totp_uri


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_vectors_of_rfc_6238(moment: int, code: str) -> None:
    secret = b"12345678901234567890"
    assert code_at(secret, moment // 30) == code
    assert matching_step(secret, code, moment) == moment // 30


@given(st.binary(min_size=20, max_size=20), st.integers(3, 10**8), st.integers(-3, 3))
def test_only_codes_of_the_neighbouring_steps_are_accepted(secret: bytes, step: int, offset: int) -> None:
    matched = matching_step(secret, code_at(secret, step + offset), step * 30 + 7)
    if abs(offset) <= 1:
        assert matched is not None
    elif code_at(secret, step + offset) not in {code_at(secret, step + near) for near in (-1, 0, 1)}:
        assert matched is None


@given(st.text())
def test_any_text_is_a_wrong_code_at_worst(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert matching_step(b"x" * 20, text, 90) in (None, 2, 3, 4)


def test_what_apps_scan() -> None:
    secret = new_totp_secret()
    uri = urlsplit(totp_uri(secret, "zoë & co", "kyoo.example"))
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/kyoo.example:zoë & co")
    assert parse_qs(uri.query) == {
        "secret": [as_base32(secret)],
        "issuer": ["kyoo.example"],
        "digits": ["6"],
        "period": ["30"],
    }
    assert "=" not in as_base32(secret)


def test_a_qr_code_is_one_scalable_element() -> None:
    svg = qr_svg("otpauth://totp/a?secret=" + "A" * 32)
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert "viewBox" in svg
    assert " width=" not in svg


@pytest.mark.parametrize(("make", "length"), [(new_recovery_code, 14), (new_app_password, 24), (new_user_code, 9)])
def test_codes_survive_how_people_type_them(make: object, length: int) -> None:
    assert callable(make)
    code = make()
    assert len(code) == length
    assert normal_code(f" {code.upper().replace('-', ' ')} ") == normal_code(code)


def test_user_codes_are_shown_in_one_form() -> None:
    code = new_user_code()
    assert normal_user_code(code.lower().replace("-", "")) == normal_user_code(f" {code} ") == code
