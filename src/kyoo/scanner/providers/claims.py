"""Reading the statements of an entity of Wikidata: their values, their qualifiers, dates and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kyoo.scanner.providers.answer import Answer

ENTITY = re.compile(r"Q[1-9]\d{0,11}", re.ASCII)
#: Units of a length, in minutes.
_UNITS = {"Q7727": 1.0, "Q11574": 1 / 60, "Q25235": 60.0}


def _statements(entity: Answer, number: str) -> list[Answer]:
    """The statements of a property that hold: preferred ones alone if there are such, deprecated ones never."""
    found = [claim for claim in entity["claims"][number] if claim["rank"].value != "deprecated"]
    return [claim for claim in found if claim["rank"].value == "preferred"] or found


def claims(entity: Answer, *numbers: str) -> Iterator[Answer]:
    """The values of properties; of statements with qualifiers, see `qualifiers`."""
    for number in numbers:
        for statement in _statements(entity, number):
            value = statement["mainsnak"]["datavalue"]["value"].value
            yield Answer({**(value if isinstance(value, dict) else {"text": value}), "statement": statement.value})


def items(entity: Answer, number: str) -> Iterator[str]:
    for claim in claims(entity, number):
        if (item := claim["id"].identifier) and ENTITY.fullmatch(item):
            yield item


def qualifiers(claim: Answer, number: str) -> Iterator[str]:
    """The items, or texts, that qualify a claim."""
    for snak in claim["statement"]["qualifiers"][number]:
        value = snak["datavalue"]["value"]
        if found := value["id"].identifier or value["text"].name or value.name:
            yield found


def days(entity: Answer, number: str) -> Iterator[tuple[int, date | None]]:
    """(year, day) of dates; day None when only the year or the month is known."""
    for claim in claims(entity, number):
        text, precision = claim["time"].name or "", claim["precision"].number or 0
        if text.startswith("+") and precision >= 9 and (year := Answer(text[1:]).year):
            yield year, Answer(text[1:]).day if precision >= 11 else None


def first_day(entity: Answer) -> date | None:
    """The first of all releases, unless one of an earlier year is known less exactly."""
    known = [*days(entity, "P577"), *days(entity, "P580")]
    years = [year for year, _ in known]
    return min((day for year, day in known if day and year == min(years)), default=None)


def first_year(entity: Answer) -> int | None:
    return min((year for number in ("P577", "P580") for year, _ in days(entity, number)), default=None)


def runtime(entity: Answer) -> int | None:
    for claim in claims(entity, "P2047"):
        amount, unit = claim["amount"].decimal, (claim["unit"].name or "").rpartition("/")[2]
        factor = _UNITS.get(unit)
        if amount and factor and (found := Answer(round(amount * factor)).minutes):
            return found
    return None


def amount(entity: Answer, number: str) -> int | None:
    return next((found for claim in claims(entity, number) if (found := claim["amount"].minutes)), None)
