"""The orders of episodes that a serie can be shown in."""

from __future__ import annotations

from pydantic import Field

from kyoo.scanner.models.base import Wire


class Order(Wire):
    """An order that a provider has: `official`, `dvd`, `absolute`…, or the id of a group of episodes."""

    provider: str = Field(min_length=1, max_length=50)
    order: str = Field(min_length=1, max_length=100)


class NamedOrder(Order):
    name: str


class ChosenOrder(Order):
    """`follow`: the names of the files count by it, instead of as aired."""

    follow: bool = False


class Orders(Wire):
    """What there is, and what was chosen; null: as aired."""

    items: list[NamedOrder]
    chosen: ChosenOrder | None
