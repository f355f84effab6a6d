"""Which of the titles that providers know a show of the library is: evidence in, a verdict out. No HTTP, no SQL.

Where to look: `model` has what goes in and out, `evidence` gathers what file names say, `likeness` compares two titles,
`score` weighs a candidate, `ranking` joins what several providers say of one title, ranks and decides, `searches` says
what to ask providers for.
"""

from kyoo.scanner.matching.evidence import evidence_of
from kyoo.scanner.matching.model import Evidence, Ranked, Verdict
from kyoo.scanner.matching.ranking import decide, rank
from kyoo.scanner.matching.searches import searches

__all__ = ["Evidence", "Ranked", "Verdict", "decide", "evidence_of", "rank", "searches"]
