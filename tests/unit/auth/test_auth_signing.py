"""Signing keys read from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from kyoo.auth.tokens.signing import SigningKeyError, read_rsa_keys

KEY = rsa.generate_private_key(65537, 2048)
PKCS8 = PrivateFormat.PKCS8
PKCS1 = PrivateFormat.TraditionalOpenSSL


def pem(key: PrivateKeyTypes, form: PrivateFormat = PKCS8, password: bytes | None = None) -> bytes:
    return key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(password) if password else NoEncryption())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "key.pem"


def test_every_usual_form_is_the_same_key(path: Path) -> None:
    kids = set()
    mislabelled = pem(KEY).replace(b" PRIVATE KEY", b" RSA PRIVATE KEY")
    for text in (pem(KEY), pem(KEY, PKCS1), mislabelled):
        path.write_bytes(text)
        (key,) = read_rsa_keys(path)
        kids.add(key.kid)
    assert len(kids) == 1
    kid = kids.pop()
    assert kid is not None
    assert len(kid) == 43
    assert "=" not in kid


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"", "no private key"),
        (b"garbage", "no private key"),
        (pem(KEY).replace(b"M", b"N"), "no private key"),
        (KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "no private key"),
        (pem(KEY, PKCS8, b"secret"), "encrypted"),
        (pem(KEY, PKCS1, b"secret"), "encrypted"),
        (pem(ed25519.Ed25519PrivateKey.generate()), "no RSA key"),
        (pem(KEY) + pem(ed25519.Ed25519PrivateKey.generate()), "no RSA key"),
        (pem(rsa.generate_private_key(65537, 1024)), "1024 bits"),
    ],
    ids=[
        "missing",
        "empty",
        "garbage",
        "broken",
        "public",
        "encrypted",
        "encrypted-pkcs1",
        "ed25519",
        "second-ed25519",
        "short",
    ],
)
def test_a_bad_file_is_explained(path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SigningKeyError, match=message) as caught:
        read_rsa_keys(path)
    assert "RSA_PRIVATE_KEY_PATH" in caught.value.message
    assert "\n" not in caught.value.message
