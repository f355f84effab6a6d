"""What is missing of series, as it is read."""

from __future__ import annotations

from kyoo.api.models.base import Day, Wire
from kyoo.api.models.entry import Episode
from kyoo.api.models.show import SerieShow


class Missing(Wire):
    """An episode without a file; `entry` is null for a number that is known only by those around it."""

    season_number: int
    episode_number: int
    entry: Episode | None


class MissingEpisode(Wire):
    season_number: int
    episode_number: int
    name: str | None
    air_date: Day | None


class IncompleteSerie(SerieShow):
    """A serie, and which of its episodes have no file."""

    missing: list[MissingEpisode]
