"""What a search across kinds finds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kyoo.api.models.show import CollectionShow, MovieShow, SerieShow
from kyoo.api.models.staff import Staff
from kyoo.api.models.studio import Studio


class FoundStaff(Staff):
    kind: Literal["staff"]


class FoundStudio(Studio):
    kind: Literal["studio"]


Found = Annotated[MovieShow | SerieShow | CollectionShow | FoundStaff | FoundStudio, Field(discriminator="kind")]
