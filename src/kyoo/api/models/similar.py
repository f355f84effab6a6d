"""What somebody may like, and why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kyoo.api.models.base import Reference
from kyoo.api.models.show import MovieShow, SerieShow


class Because(Reference):
    """The show that somebody watched."""

    kind: Literal["movie", "serie"]
    name: str


class RecommendedMovie(MovieShow):
    because: Because


class RecommendedSerie(SerieShow):
    because: Because


SimilarShow = Annotated[MovieShow | SerieShow, Field(discriminator="kind")]
Recommendation = Annotated[RecommendedMovie | RecommendedSerie, Field(discriminator="kind")]
