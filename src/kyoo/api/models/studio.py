"""Studios, as they are read."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from kyoo.api.models.base import ExternalId, Image, Moment, Slug, Wire


class StudioTranslation(Wire):
    name: str
    logo: Image | None


class Studio(StudioTranslation):
    id: UUID
    slug: Slug
    external_id: ExternalId
    created_at: Moment
    updated_at: Moment


class FullStudio(Studio):
    translations: dict[str, StudioTranslation] = Field(default_factory=dict)
