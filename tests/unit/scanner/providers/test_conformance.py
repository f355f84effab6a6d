"""Every provider of metadata keeps what all of them promise. A new one is one line in `SUBJECTS`."""

from __future__ import annotations

import pytest
from tests.fakes.metadata.faults import CHANGES
from tests.providers import conformance
from tests.providers.conformance import Known, Open, Subject
from tests.providers.subjects import SUBJECTS

from kyoo.scanner.providers.base import ProviderError

KNOWN = [pytest.param(subject, known, id=f"{subject}-{known.id}") for subject in SUBJECTS for known in subject.known]
FAULTS = [
    pytest.param(subject, open_, error, id=f"{subject}-{fault}")
    for subject in SUBJECTS
    for fault, open_, error in subject.faulty
]


@pytest.mark.parametrize(("subject", "known"), KNOWN)
async def test_finds_and_describes_what_it_knows(subject: Subject, known: Known) -> None:
    async with subject.open() as provider:
        await conformance.finds_what_it_knows(provider, known)
        await conformance.describes_what_it_knows(provider, known)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
async def test_what_it_does_not_know_is_none_and_no_error(subject: Subject) -> None:
    async with subject.open() as provider:
        await conformance.knows_nothing_of_others(provider, subject.unknown)
        await conformance.finds_nothing_absurd(provider)


@pytest.mark.parametrize(("subject", "open_", "error"), FAULTS)
async def test_a_service_that_fails_gives_one_of_our_errors(
    subject: Subject, open_: Open, error: type[ProviderError]
) -> None:
    async with open_() as provider:
        await conformance.fails_in_its_own_words(provider, subject.known[0], error)


@pytest.mark.parametrize("change", [*CHANGES, "half of the bytes"])
@pytest.mark.parametrize("subject", [subject for subject in SUBJECTS if subject.changed], ids=str)
async def test_answers_that_are_half_broken(subject: Subject, change: str) -> None:
    assert subject.changed is not None
    async with subject.changed(change)() as provider:
        for known in subject.known:
            await conformance.makes_the_best_of_it(provider, known)
