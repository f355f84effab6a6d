"""Finding the title of a show with whoever can search: as few questions as a sure answer needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from kyoo.scanner.matching import Evidence, Verdict, decide, searches
from kyoo.scanner.matching.searches import Search
from kyoo.scanner.providers.records import Candidate

#: Candidates that are looked at closely when the lists of results leave a doubt.
CLOSELY = 4
#: So many points what a closer look tells can be worth.
IN_DOUBT = 2.5

Searcher = Callable[[Search], Awaitable[list[Candidate]]]
#: All that is known of a candidate; the lists of results have neither lengths nor seasons.
Describer = Callable[[Candidate], Awaitable[Candidate]]


async def find(evidence: Evidence, search: Searcher, describe: Describer) -> Verdict:
    """Search until a title is sure; then look at it closely, or at the best ones if none is, and decide again."""
    found: dict[tuple[str, str], Candidate] = {}
    verdict = decide(evidence, [])
    for wanted in searches(evidence):
        for candidate in await search(wanted):
            found.setdefault((candidate.provider, candidate.id), candidate)
        verdict = decide(evidence, found.values())
        if verdict.match:
            break
    best = verdict.ranked[0].points if verdict.ranked else 0
    # Nobody is compared with what is known by half: whoever may be meant as well is looked at, too.
    for ranked in [ranked for ranked in verdict.ranked if ranked.points > best - IN_DOUBT][:CLOSELY]:
        for candidate in (ranked.candidate, *ranked.others):
            found[candidate.provider, candidate.id] = await describe(candidate)
    return decide(evidence, found.values())
