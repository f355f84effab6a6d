"""How alike shows are: by genres, tags, people, studios, collection and the words of their descriptions. No SQL.

Each kind of feature makes a vector, in which what is rare counts more; two shows are as alike as the weighted mean of
the cosines of their vectors. A show is compared with those that share a feature with it only.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kyoo.api.context import ApiContext
from kyoo.api.queries.catalogue import similar as queries

#: What each kind of feature counts; together 1.
WEIGHTS: Mapping[str, float] = {
    "genres": 0.23,
    "tags": 0.25,
    "makers": 0.10,
    "leads": 0.08,
    "studios": 0.06,
    "collection": 0.10,
    "words": 0.18,
}
#: How many shows are kept for each, and how alike they must be.
KEPT, LEAST = 30, 0.05
#: Words of a description that are compared: its rarest.
WORDS = 25

_WORD = re.compile(r"[^\W\d_]{4,}")

Similar = tuple[int, int, float]


async def refresh(context: ApiContext) -> bool:
    """Compute anew which shows are alike, if the library has changed since the last time; whether it was done."""
    async with context.database.transaction() as connection:
        library = await queries.library_changed(connection)
        if library is None:
            return False
        shows = [_features(row) async for row in queries.read_features(connection)]
    similar = await asyncio.to_thread(lambda: list(relate(shows)))
    async with context.database.transaction() as connection:
        await queries.save_similar(connection, similar, library)
    return True


def _features(row: dict[str, Any]) -> dict[str, Any]:
    description = row.pop("description") or ""
    collection = row.pop("collection")
    return {
        **row,
        "collection": [collection] if collection is not None else [],
        "words": sorted(set(_WORD.findall(description.lower()))),
    }


def relate(shows: Sequence[Mapping[str, Any]]) -> Iterator[Similar]:
    """(show, similar show, score) of the shows most alike to each. A show is `{pk, genres: […], …}` with every kind of
    feature in WEIGHTS; features are anything hashable."""
    vectors = _vectors(shows)
    places: dict[Any, list[int]] = defaultdict(list)
    values: dict[Any, list[float]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        for feature, value in vector.items():
            places[feature].append(place)
            values[feature].append(value)
    # What only one show has says nothing about others.
    postings = {
        feature: (np.array(found), np.array(values[feature], dtype=np.float32))
        for feature, found in places.items()
        if len(found) > 1
    }
    pks = [show["pk"] for show in shows]
    scores = np.empty(len(shows), dtype=np.float32)
    for place, vector in enumerate(vectors):
        scores[:] = 0
        for feature, value in vector.items():
            if (posting := postings.get(feature)) is not None:
                scores[posting[0]] += posting[1] * np.float32(value)
        scores[place] = 0
        best = np.argpartition(scores, -KEPT)[-KEPT:] if len(scores) > KEPT else np.arange(len(scores))
        for other in best:
            if scores[other] >= LEAST:
                yield pks[place], pks[other], round(float(min(scores[other], 1)), 3)


def _vectors(shows: Sequence[Mapping[str, Any]]) -> list[dict[tuple[str, Any], float]]:
    """Of each show its features and their values, such that the sum of products is how alike two shows are."""
    vectors: list[dict[tuple[str, Any], float]] = [{} for _ in shows]
    for kind, weight in WEIGHTS.items():
        uses = Counter(feature for show in shows for feature in set(show[kind]))
        rarity = {feature: math.log(1 + len(shows) / count) for feature, count in uses.items()}
        for show, vector in zip(shows, vectors, strict=True):
            own = set(show[kind])
            if kind == "words":
                own = set(
                    sorted((word for word in own if uses[word] > 1), key=lambda word: (-rarity[word], word))[:WORDS]
                )
            length = math.sqrt(sum(rarity[feature] ** 2 for feature in own))
            vector.update({(kind, feature): math.sqrt(weight) * rarity[feature] / length for feature in own})
    return vectors
