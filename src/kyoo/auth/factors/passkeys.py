"""Passkeys (WebAuthn): registering them, and logging in with one, alone or as the second factor. The `webauthn` package
checks what authenticators say. No HTTP, no SQL."""

from __future__ import annotations

import base64
import ipaddress
import json
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow

from kyoo.auth.accounts.accounts import Accounts
from kyoo.auth.audit import Actor, Target, record, user_target
from kyoo.auth.factors.second_factors import (
    MAX_FAILURES,
    check_challenge,
    drop_useless_recovery_codes,
    renew_recovery_codes,
)
from kyoo.auth.queries import challenges, passkeys, second_factors
from kyoo.auth.tokens.opaque import hash_secret
from kyoo.auth.tokens.principals import Principals
from kyoo.auth.tokens.signing import InvalidTokenError, SigningKeys
from kyoo.core.database.postgres import Database
from kyoo.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

T = TypeVar("T")

#: How long a user may take in front of the authenticator.
LIFETIME = timedelta(minutes=5)
#: `typ` of the challenges of logins, which are not stored: anybody may ask for any number of them.
CHALLENGE_TYPE = "passkey+jwt"
MAX_PASSKEYS = 50

Json = dict[str, Any]


def relying_party(public_url: str) -> tuple[str, str] | None:
    """The id and the origin that passkeys of this instance are bound to; None when browsers offer none there: they want
    https (or localhost), and a name instead of an IP address."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return None
    local = host == "localhost" or host.endswith(".localhost")
    if not host or not (parts.scheme == "https" or local):
        return None
    return host, f"{parts.scheme}://{parts.netloc}"


def _checked(check: Callable[[], T]) -> T:
    """What the `webauthn` package finds; InvalidError for whatever it cannot read or does not believe: it parses what
    anybody sent, so every failure is a bad credential."""
    try:
        return check()
    except Exception as error:
        raise InvalidError(f"This passkey is not accepted: {type(error).__name__}") from error


def _challenge_in(credential: Json) -> str:
    """The challenge, in base64url, that an authenticator signed. Nothing is verified yet."""

    def read() -> str:
        encoded = credential["response"]["clientDataJSON"]
        client_data = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        return str(client_data["challenge"])

    return _checked(read)


class Passkeys:
    def __init__(
        self, database: Database, keys: SigningKeys, accounts: Accounts, principals: Principals, *, public_url: str
    ) -> None:
        self._database = database
        self._keys = keys
        self._accounts = accounts
        self._principals = principals
        self._party = relying_party(public_url)

    @property
    def available(self) -> bool:
        return self._party is not None

    def _relying_party(self) -> tuple[str, str]:
        if self._party is None:
            raise InvalidError("Passkeys need a server with a name and https")
        return self._party

    async def of_user(self, user_id: UUID) -> list[DictRow]:
        async with self._database.connection() as connection:
            return await passkeys.of_user(connection, user_id)

    async def registration_options(self, user_id: UUID, username: str) -> Json:
        """PublicKeyCredentialCreationOptionsJSON for a new passkey of a user. Raises ConflictError when there are too
        many."""
        from webauthn import generate_registration_options
        from webauthn.helpers import bytes_to_base64url, options_to_json_dict
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            PublicKeyCredentialDescriptor,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        party, _ = self._relying_party()
        nonce = secrets.token_bytes(32)
        async with self._database.connection() as connection:
            known = await passkeys.of_user(connection, user_id)
            if len(known) >= MAX_PASSKEYS:
                raise ConflictError("You have too many passkeys; remove some")
            await challenges.insert(
                connection,
                hash_secret(bytes_to_base64url(nonce)),
                "passkey_registration",
                user_id=user_id,
                nonce=nonce,
                lifetime=LIFETIME,
            )
        return options_to_json_dict(
            generate_registration_options(
                rp_id=party,
                rp_name=party,
                user_name=username,
                user_id=user_id.bytes,
                challenge=nonce,
                timeout=int(LIFETIME.total_seconds() * 1000),
                exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(row["credential_id"])) for row in known],
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.PREFERRED,
                    user_verification=UserVerificationRequirement.PREFERRED,
                ),
            )
        )

    async def register(self, user_id: UUID, name: str, credential: Json, by: Actor) -> dict[str, Any]:
        """The row of a new passkey, and `recovery_codes` when it is the user's first second factor, else None. Raises
        ForbiddenError (too late), InvalidError, ConflictError."""
        from webauthn import verify_registration_response

        party, origin = self._relying_party()
        token_hash = hash_secret(_challenge_in(credential))
        async with self._database.connection() as connection:
            row = check_challenge(await challenges.take(connection, token_hash, "passkey_registration"))
        if row["user_id"] != user_id:
            raise ForbiddenError("This passkey was begun by another user")
        verified = _checked(
            lambda: verify_registration_response(
                credential=credential,
                expected_challenge=bytes(row["nonce"]),
                expected_rp_id=party,
                expected_origin=origin,
            )
        )
        transports = credential["response"].get("transports")
        try:
            async with self._database.transaction() as connection:
                first = not await second_factors.kinds(connection, user_id)
                passkey = await passkeys.insert(
                    connection,
                    user_id,
                    name=name,
                    credential_id=verified.credential_id,
                    public_key=verified.credential_public_key,
                    sign_count=verified.sign_count,
                    transports=[kind for kind in TRANSPORTS if isinstance(transports, list) and kind in transports],
                )
                await record(connection, "passkey.added", by, Target("passkey", passkey["id"], name))
                codes = await renew_recovery_codes(connection, user_id) if first else None
        except UniqueViolation as error:
            raise ConflictError("This passkey is registered already") from error
        self._principals.forget(user_id)
        return {**passkey, "recovery_codes": codes}

    async def remove(self, user_id: UUID, passkey: UUID, by: Actor) -> None:
        """Raises NotFoundError."""
        async with self._database.transaction() as connection:
            row = await passkeys.delete(connection, passkey, user_id)
            if row is None:
                raise NotFoundError("You have no such passkey")
            await drop_useless_recovery_codes(connection, user_id)
            await record(connection, "passkey.removed", by, Target("passkey", passkey, row["name"]))
        self._principals.forget(user_id)

    async def second_factor_options(self, challenge: str) -> Json:
        """PublicKeyCredentialRequestOptionsJSON for the second step of a login. Raises ForbiddenError (too late, or the
        user has no passkey)."""
        nonce = secrets.token_bytes(32)
        token_hash = hash_secret(challenge)
        async with self._database.connection() as connection:
            row = check_challenge(await challenges.find(connection, token_hash, "second_factor"))
            known = await passkeys.of_user(connection, row["user_id"])
            if not known:
                raise ForbiddenError("This account has no passkey")
            await challenges.set_nonce(connection, token_hash, nonce)
        return self._request_options(nonce, known)

    async def answer_second_factor(self, challenge: str, credential: Json, by: Actor) -> dict[str, Any]:
        """The second step of a login: a session. Raises ForbiddenError, InvalidError."""
        token_hash = hash_secret(challenge)
        async with self._database.connection() as connection:
            row = check_challenge(await challenges.find(connection, token_hash, "second_factor"))
        if row["nonce"] is None:
            raise ForbiddenError("Ask for the options of this login first")
        try:
            passkey = await self._verify(credential, bytes(row["nonce"]), user_id=row["user_id"])
        except (ForbiddenError, InvalidError):
            async with self._database.transaction() as connection:
                await challenges.fail(connection, token_hash, MAX_FAILURES)
                target = user_target(row["user_id"], row["username"])
                await record(connection, "login.failed", by, target, step=2)
            raise
        async with self._database.transaction() as connection:
            check_challenge(await challenges.take(connection, token_hash, "second_factor"))
            await passkeys.use(connection, passkey["id"], passkey["new_sign_count"])
            by = Actor(by.address, row["device"], row["user_id"], row["username"])
            return await self._accounts.open_session(connection, row["user_id"], by, how="passkey as second factor")

    def login_options(self) -> tuple[str, Json]:
        """A challenge, and PublicKeyCredentialRequestOptionsJSON, for a login without name and password."""
        nonce = secrets.token_bytes(32)
        claims = {"nonce": nonce.hex(), "exp": int(time.time() + LIFETIME.total_seconds())}
        return self._keys.sign(claims, CHALLENGE_TYPE), self._request_options(nonce, None)

    async def log_in(self, challenge: str, credential: Json, by: Actor) -> dict[str, Any]:
        """A session of the passkey's user, whom the authenticator has verified (a fingerprint, a PIN): both factors in
        one. Raises ForbiddenError, InvalidError."""
        try:
            claims = await self._keys.verify(challenge, CHALLENGE_TYPE)
        except InvalidTokenError as error:
            raise ForbiddenError("This login took too long; begin again", {"challengeExpired": True}) from error
        passkey = await self._verify(credential, bytes.fromhex(claims["nonce"]), user_id=None)
        user_id: UUID = passkey["user_id"]
        try:
            async with self._database.transaction() as connection:
                # Remembers that the challenge was answered, for as long as it would be accepted.
                await challenges.insert(
                    connection, hash_secret(challenge), "passkey_login", user_id=user_id, lifetime=LIFETIME
                )
                await passkeys.use(connection, passkey["id"], passkey["new_sign_count"])
                by = by.logged_in_as(user_id, passkey["username"])
                return await self._accounts.open_session(connection, user_id, by, how="passkey")
        except UniqueViolation as error:
            raise ForbiddenError("This challenge was answered already", {"challengeExpired": True}) from error

    def _request_options(self, nonce: bytes, known: list[DictRow] | None) -> Json:
        """`known` None: any passkey of this instance, and the authenticator must verify its user."""
        from webauthn import generate_authentication_options
        from webauthn.helpers import options_to_json_dict
        from webauthn.helpers.structs import (
            AuthenticatorTransport,
            PublicKeyCredentialDescriptor,
            UserVerificationRequirement,
        )

        party, _ = self._relying_party()
        allowed = [
            PublicKeyCredentialDescriptor(
                id=bytes(row["credential_id"]),
                transports=[AuthenticatorTransport(kind) for kind in row["transports"]] or None,
            )
            for row in known or []
        ]
        verification = UserVerificationRequirement.PREFERRED if known else UserVerificationRequirement.REQUIRED
        return options_to_json_dict(
            generate_authentication_options(
                rp_id=party,
                challenge=nonce,
                timeout=int(LIFETIME.total_seconds() * 1000),
                allow_credentials=allowed,
                user_verification=verification,
            )
        )

    async def _verify(self, credential: Json, nonce: bytes, *, user_id: UUID | None) -> dict[str, Any]:
        """The row of the passkey that signed `nonce`, and its `new_sign_count`. `user_id` None: nothing else has told
        who it is, so the authenticator must have verified its user. Raises ForbiddenError (unknown, another user's),
        InvalidError."""
        from webauthn import verify_authentication_response
        from webauthn.helpers import base64url_to_bytes

        party, origin = self._relying_party()
        credential_id = _checked(lambda: base64url_to_bytes(credential["rawId"]))
        async with self._database.connection() as connection:
            row = await passkeys.by_credential(connection, credential_id)
        if row is None:
            raise ForbiddenError("This passkey is not known here")
        handle = credential["response"].get("userHandle")
        foreign = handle and _checked(lambda: base64url_to_bytes(handle)) != row["user_id"].bytes
        if foreign or user_id not in (None, row["user_id"]):
            raise ForbiddenError("This passkey belongs to another account")
        verified = _checked(
            lambda: verify_authentication_response(
                credential=credential,
                expected_challenge=nonce,
                expected_rp_id=party,
                expected_origin=origin,
                credential_public_key=bytes(row["public_key"]),
                credential_current_sign_count=row["sign_count"],
                require_user_verification=user_id is None,
            )
        )
        return {**row, "new_sign_count": verified.new_sign_count}


#: How an authenticator can be reached (WebAuthn §5.8.4); others are not kept.
TRANSPORTS = ("usb", "nfc", "ble", "internal", "cable", "hybrid")
