"""The topics of the websocket: who may follow each, and whom an event concerns."""

from __future__ import annotations

from typing import Literal, get_args

from kyoo.core.errors import ForbiddenError
from kyoo.core.events import Event
from kyoo.core.http.permissions import refuse_unverified
from kyoo.core.tokens import Identity

Topic = Literal["watch", "catalogue", "scan", "jobs", "streams", "devices", "notices"]
TOPICS: tuple[Topic, ...] = get_args(Topic)

#: Events of these are the affair of their owner alone.
OWN = frozenset({"watch", "devices", "notices"})
#: And of nobody else: administrators are told of the notices of all.
ONLY_OWN = frozenset({"watch", "devices"})
#: What it takes to follow a topic, beside an account that was let in.
PERMISSIONS: dict[str, str] = {
    "watch": "core.read",
    "catalogue": "core.read",
    "devices": "core.read",
    "notices": "core.read",
    "scan": "scanner.trigger",
    "jobs": "users.write",
    "streams": "users.write",
}
#: What tells of the whole library: not for readers who see a part of it.
UNLIMITED = frozenset({"scan", "jobs", "streams"})
#: Whoever has it is an administrator (docs/protocol/auth.md#permissions), who is told of the notices of all.
ADMINISTRATOR = "users.write"


#: Topics of rooms begin so; whoever is no member is told so when entering.
ROOM = "room:"
#: In the token of a guest of a room: who the guest is there.
ROOM_MEMBER = "roomMember"


def may_follow(identity: Identity, topic: str) -> bool:
    """Whether this caller may follow a topic that there is."""
    try:
        refuse_unverified(identity)
    except ForbiddenError:
        return False
    if topic.startswith(ROOM) and ROOM_MEMBER not in identity.claims and "wsRoutes" not in identity.claims:
        return "core.read" in identity.permissions
    routes = identity.claims.get("wsRoutes")
    if routes is not None and (not isinstance(routes, list) or topic not in routes):
        return False
    if topic.startswith(ROOM):
        return True
    if PERMISSIONS[topic] not in identity.permissions:
        return False
    return not (identity.is_guest and topic in OWN) and not (identity.limits and topic in UNLIMITED)


def concerns(identity: Identity, event: Event) -> bool:
    """Whether an event of a topic that this caller follows is for them, as far as owners decide."""
    if event.topic not in OWN or event.owner == identity.subject:
        return True
    return event.topic == "notices" and ADMINISTRATOR in identity.permissions and not identity.limits


def member_of(identity: Identity) -> str:
    """Who somebody is in rooms: a guest as the invitation says, an account by its id."""
    return str(identity.claims.get(ROOM_MEMBER) or identity.subject)
