"""The keys that sign tokens: where they come from, signing, verifying, and what is published of them
(docs/protocol/auth.md#tokens). Knows no claim but `exp`."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey, RSAKey

from kyoo.auth.queries import signing_keys
from kyoo.auth.tokens.presign import MAX_DURATION
from kyoo.core.caches import LRU
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import KyooError
from kyoo.core.tokens import ALGORITHMS, UnreadableTokenError, read_token

#: `typ` of an ordinary token, and of a presign signature: one is never taken for the other.
TOKEN_TYPE = "JWT"  # noqa: S105
PRESIGN_TYPE = "presign+jwt"

SigningKey = OKPKey | RSAKey

#: A PEM file may hold several keys, and text around them (RFC 7468 §2).
PEM_BLOCK = re.compile(rb"-----BEGIN [^-\n]*-----.*?-----END [^-\n]*-----", re.DOTALL)

#: Keys of other replicas are looked for at most this often, in seconds.
RELOAD_INTERVAL = 10
#: A new key is published for so long before it signs. Verifiers look for unknown keys at most every 10 s.
PUBLISHED_BEFORE = timedelta(seconds=30)
#: A key is of use for as long as the longest-lived thing that it may have signed.
KEPT_AFTER = MAX_DURATION + timedelta(days=1)
REMEMBERED = 4096


class SigningKeyError(KyooError):
    """The configured key cannot be used. The message is one line for the operator."""


class InvalidTokenError(Exception):
    """Not signed by us, expired, or of another type."""


def _with_key_id(key: SigningKey) -> SigningKey:
    """`key` with its id: the SHA-256 thumbprint in the standard alphabet."""
    kid = key.thumbprint().replace("-", "+").replace("_", "/")
    parameters: Any = {"kid": kid}
    return type(key).import_key(key.as_pem(private=True), parameters)


def read_rsa_keys(path: Path) -> list[RSAKey]:
    """The keys of a PEM file: PKCS#1 or PKCS#8, under either label. Raises SigningKeyError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SigningKeyError(f"RSA_PRIVATE_KEY_PATH: {path} cannot be read: {error.strerror}") from error
    keys = [_rsa_key(path, block) for block in PEM_BLOCK.findall(text)]
    if not keys:
        raise SigningKeyError(f"RSA_PRIVATE_KEY_PATH: {path} holds no private key in PEM form")
    return keys


def check_key_file(path: Path) -> None:
    """Raises ValueError when its keys cannot sign."""
    try:
        read_rsa_keys(path)
    except SigningKeyError as error:
        reason = error.message.removeprefix(f"RSA_PRIVATE_KEY_PATH: {path} ")
        raise ValueError(f"must be a file with an RSA key; it {reason}") from None


def _rsa_key(path: Path, block: bytes) -> RSAKey:
    relabelled = block.replace(b" RSA PRIVATE KEY-----", b" PRIVATE KEY-----")
    for candidate in (block, relabelled):
        try:
            key = load_pem_private_key(candidate, password=None)
        except TypeError as error:
            raise SigningKeyError(f"RSA_PRIVATE_KEY_PATH: {path} is encrypted; give a key without password") from error
        except ValueError:
            continue
        if not isinstance(key, RSAPrivateKey):
            raise SigningKeyError(f"RSA_PRIVATE_KEY_PATH: {path} holds a key that is no RSA key")
        if key.key_size < 2048:
            raise SigningKeyError(f"RSA_PRIVATE_KEY_PATH: {path} has {key.key_size} bits; at least 2048 are needed")
        with_id = _with_key_id(RSAKey.import_key(candidate))
        assert isinstance(with_id, RSAKey)
        return with_id
    raise SigningKeyError(f"RSA_PRIVATE_KEY_PATH: {path} holds something that is no private key in PEM form")


async def _make_key(connection: Connection, signs_in: timedelta = timedelta(0)) -> str:
    """Store a new key; gives its id."""
    key = _with_key_id(OKPKey.generate_key("Ed25519"))
    assert key.kid is not None
    await signing_keys.insert(connection, key.kid, "EdDSA", key.as_pem(private=True).decode(), signs_in)
    return key.kid


async def rotate(database: Database, *, revoke: bool = False) -> str:
    """Make a new key and give its id. It signs after PUBLISHED_BEFORE; what the former keys signed stays good.

    With `revoke` the former keys, which somebody may have stolen, are taken back at once: JWTs and presigned links are
    worth nothing, sessions and API keys go on.
    """
    async with database.transaction() as connection:
        await signing_keys.lock(connection)
        kid = await _make_key(connection, timedelta(0) if revoke else PUBLISHED_BEFORE)
        if revoke:
            await signing_keys.delete_others(connection, kid)
    return kid


class SigningKeys:
    """Signs with the first RSA key of the configuration, else with the newest Ed25519 key of the database that has been
    published for long enough; every replica shares them. All keys verify and are published. `load` comes before
    anything else, and again when the keys change."""

    def __init__(self, database: Database, rsa_private_key: Path | None) -> None:
        self._database = database
        self._configured = read_rsa_keys(rsa_private_key) if rsa_private_key else []
        self._keys = KeySet([])
        #: Keys and since when they sign (monotonic), the newest first.
        self._signers: list[tuple[float, SigningKey]] = []
        self._loaded_at = float("-inf")
        self._verified: LRU[str, tuple[float, str, dict[str, Any]]] = LRU("own tokens", REMEMBERED)

    async def load(self) -> None:
        """Read the keys; make the first one when there is none to sign with."""
        async with self._database.connection() as connection:
            rows = await signing_keys.every(connection)
        if not rows and not self._configured:
            async with self._database.transaction() as connection:
                await signing_keys.lock(connection)
                rows = await signing_keys.every(connection)
                if not rows:
                    await _make_key(connection)
                    rows = await signing_keys.every(connection)
        now = time.monotonic()
        stored = [OKPKey.import_key(row["private_pem"], {"kid": row["kid"]}) for row in rows]
        keys: list[SigningKey] = [*self._configured, *stored]
        self._signers = [(now, key) for key in self._configured]
        self._signers += [(now + row["signs_in"].total_seconds(), key) for row, key in zip(rows, stored, strict=True)]
        if {key.kid for key in self._keys} - {key.kid for key in keys}:
            # A key was taken back, and with it whatever it signed.
            self._verified.clear()
        self._keys = KeySet(list(keys))
        self._loaded_at = now

    @property
    def signer(self) -> SigningKey:
        """The key that signs now: the newest that may, the oldest when none may yet."""
        assert self._signers, "the keys are not loaded"
        now = time.monotonic()
        return next((key for since, key in self._signers if since <= now), self._signers[-1][1])

    def public_keys(self) -> list[dict[str, Any]]:
        """The JWKs that verify our tokens (RFC 7517)."""
        algorithm = {"OKP": "EdDSA", "RSA": "RS256"}
        return [
            {**key.as_dict(private=False), "alg": algorithm[key.key_type], "use": "sig", "key_ops": ["verify"]}
            for key in self._keys
        ]

    def sign(self, claims: dict[str, Any], token_type: str = TOKEN_TYPE) -> str:
        signer = self.signer
        algorithm = "RS256" if isinstance(signer, RSAKey) else "EdDSA"
        header = {"alg": algorithm, "kid": signer.kid, "typ": token_type}
        return jwt.encode(header, claims, signer, algorithms=[algorithm])

    async def verify(self, token: str, token_type: str = TOKEN_TYPE) -> dict[str, Any]:
        """The claims of one of our tokens. Raises InvalidTokenError."""
        known = self._verified.find(token)
        if known is None:
            known = await self._decode(token)
            self._verified[token] = known
        expires, actual_type, claims = known
        if expires <= time.time():
            raise InvalidTokenError("expired")
        if actual_type != token_type:
            raise InvalidTokenError("of another type")
        return claims

    async def _decode(self, token: str) -> tuple[float, str, dict[str, Any]]:
        for attempt in (1, 2):
            try:
                decoded = read_token(token, self._keys, ALGORITHMS)
                break
            except UnreadableTokenError as error:
                # The key may be one that another replica made since.
                if attempt == 2 or time.monotonic() - self._loaded_at < RELOAD_INTERVAL:
                    raise InvalidTokenError("badly signed") from error
                await self.load()
        expires = decoded.claims.get("exp")
        if not isinstance(expires, int | float):
            raise InvalidTokenError("without expiry")
        return float(expires), str(decoded.header.get("typ", TOKEN_TYPE)), dict(decoded.claims)
