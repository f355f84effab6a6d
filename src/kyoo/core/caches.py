"""Caches in memory: those of cachetools, with a name under which /metrics says how often they knew what was asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar
from weakref import WeakSet

from cachetools import Cache, LRUCache, TLRUCache, TTLCache
from prometheus_client import REGISTRY, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Counts:
    """Look-ups in all caches of a name; a process may run a service more than once."""

    def __init__(self) -> None:
        self.hits = 0
        self.misses = 0
        self.caches: WeakSet[Cache[Any, Any]] = WeakSet()


_COUNTS: dict[str, _Counts] = {}


class _Counted(Cache[K, V]):
    _counts: _Counts

    def _count_as(self, name: str) -> None:
        self._counts = _COUNTS.setdefault(name, _Counts())
        self._counts.caches.add(self)

    def __hash__(self) -> int:
        """Two caches are never one, whatever is in them."""
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def find(self, key: K, good: Callable[[V], bool] | None = None) -> V | None:
        """What is remembered for `key`, unless it is not `good` any more; this is what is counted."""
        value = self.get(key)
        if value is None or (good is not None and not good(value)):
            self._counts.misses += 1
            return None
        self._counts.hits += 1
        return value


class LRU(_Counted[K, V], LRUCache[K, V]):
    """Forgets what was asked for least recently."""

    def __init__(self, name: str, room: int) -> None:
        super().__init__(room)
        self._count_as(name)


class TTL(_Counted[K, V], TTLCache[K, V]):
    """Forgets after so many seconds, too."""

    def __init__(self, name: str, room: int, seconds: float) -> None:
        super().__init__(room, seconds)
        self._count_as(name)


class TLRU(_Counted[K, V], TLRUCache[K, V]):
    """Each value says until when, by the monotonic clock, it is remembered."""

    def __init__(self, name: str, room: int, until: Callable[[V], float]) -> None:
        super().__init__(room, ttu=lambda _key, value, _now: until(value))
        self._count_as(name)


class _Told(Collector):
    def collect(self) -> Iterable[Metric]:
        lookups = CounterMetricFamily(
            "kyoo_cache_lookups", "Look-ups in caches of this process.", labels=["cache", "result"]
        )
        entries = GaugeMetricFamily("kyoo_cache_entries", "What caches of this process remember.", labels=["cache"])
        room = GaugeMetricFamily("kyoo_cache_room", "What they may remember at the most.", labels=["cache"])
        for name, counts in sorted(_COUNTS.items()):
            lookups.add_metric([name, "hit"], counts.hits)
            lookups.add_metric([name, "miss"], counts.misses)
            entries.add_metric([name], sum(cache.currsize for cache in counts.caches))
            room.add_metric([name], sum(cache.maxsize for cache in counts.caches))
        return [lookups, entries, room]


REGISTRY.register(_Told())
