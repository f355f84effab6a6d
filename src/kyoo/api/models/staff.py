"""People and their roles, as they are read."""

from __future__ import annotations

from uuid import UUID

from kyoo.api.models.base import ExternalId, Image, Moment, RoleKind, Slug, Wire
from kyoo.api.models.show import Show


class Staff(Wire):
    id: UUID
    slug: Slug
    name: str
    latin_name: str | None
    image: Image | None
    external_id: ExternalId
    created_at: Moment
    updated_at: Moment


class Character(Wire):
    name: str
    latin_name: str | None
    image: Image | None


class Role(Wire):
    kind: RoleKind
    #: Null for roles behind the camera.
    character: Character | None


class RoleOfShow(Role):
    staff: Staff


class RoleOfStaff(Role):
    show: Show
