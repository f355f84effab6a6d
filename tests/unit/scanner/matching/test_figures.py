"""How often the match of a name is right, over a catalogue of 6,000 titles. The rules were made with the names that
were written by hand and those of the seeds TUNED; the others are kept back, and only counted here."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.unit.scanner.matching.catalogue import SEED, Catalogue, Service, load
from tests.unit.scanner.matching.names import Name, drawn, written_by_hand

from kyoo.scanner.metadata.finding import find

TUNED, KEPT = (1, 2, 3, 4), (5, 6)
#: Of those that are sure, and of those that a service knows.
WRONG, SURE = 0.005, 0.9


@dataclass
class Figures:
    right: int
    wrong: list[str]
    known: int
    asked: float

    @property
    def sure(self) -> float:
        return self.right / self.known

    @property
    def share_wrong(self) -> float:
        return len(self.wrong) / (self.right + len(self.wrong))


async def measure(catalogue: Catalogue, names: list[Name]) -> Figures:
    service = Service(catalogue.titles)
    right, wrong = 0, []
    for name in names:
        match = (await find(name.evidence(), service.search, service.describe)).match
        if match is None:
            continue
        if match.candidate.id == name.wanted:
            right += 1
        else:
            wrong.append(f"{name.paths[0]} → {match.candidate.name} ({match.candidate.year})")
    known = sum(name.wanted is not None for name in names)
    return Figures(right, wrong, known, service.asked / len(names))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


async def test_of_names_written_by_hand_none_is_wrong(catalogue: Catalogue) -> None:
    names = written_by_hand(catalogue)
    assert len(names) > 380
    figures = await measure(catalogue, names)
    assert figures.wrong == []
    assert figures.sure >= 0.97
    assert figures.asked < 4


async def test_of_names_that_were_kept_back(catalogue: Catalogue) -> None:
    figures = await measure(catalogue, drawn(catalogue, KEPT[0], 400))
    # One in 400 is half of what is allowed, and chance may double it.
    assert len(figures.wrong) <= 2, figures.wrong
    assert figures.sure >= SURE


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [SEED, SEED + 1])
@pytest.mark.parametrize("names", [*TUNED, *KEPT])
async def test_of_many_names_in_two_catalogues(seed: int, names: int) -> None:
    catalogue = load(seed)
    figures = await measure(catalogue, drawn(catalogue, names))
    assert figures.share_wrong <= WRONG, figures.wrong
    assert figures.sure >= SURE
