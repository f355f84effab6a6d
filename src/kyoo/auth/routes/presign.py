"""`POST /auth/presign`: a signature that lends the caller's rights to a few requests."""

from __future__ import annotations

from fastapi import APIRouter

from kyoo.auth.models.presign import Presign, PresignRequest, Rule
from kyoo.auth.routes.access import Caller, Context
from kyoo.auth.tokens.claims import RESERVED
from kyoo.auth.tokens.presign import Allowance, allowance, parse_duration
from kyoo.core.errors import BadRequestError

router = APIRouter(tags=["tokens"])


@router.post("/auth/presign")
async def presign(body: PresignRequest, identity: Caller, context: Context) -> Presign:
    """Guests may presign, too. 400: a rule without a path, a duration out of bounds, a protected claim."""
    extra = body.claims or {}
    if protected := sorted(extra.keys() & (context.settings.protected_claims | RESERVED)):
        raise BadRequestError(f"These claims cannot be presigned: {', '.join(protected)}")
    duration = parse_duration(body.duration)
    allowances = [allowance(rule.verb, rule.url, rule.prefix) for rule in body.rules]
    signature, expires = context.exchange.sign_request(identity, allowances, duration, extra)
    return Presign.model_validate(
        {
            "for": [_echo(rule) for rule in allowances],
            "duration": body.duration,
            "claims": body.claims,
            "signature": signature,
            "expire_at": expires,
        }
    )


def _echo(rule: Allowance) -> Rule:
    if rule.is_prefix:
        return Rule(verb=rule.verb, url=None, prefix=rule.path)
    return Rule(verb=rule.verb, url=rule.path)
