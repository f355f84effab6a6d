"""Caches count what they knew, by their names."""

from __future__ import annotations

from prometheus_client import REGISTRY

from kyoo.core.caches import LRU, TLRU, TTL


def said(metric: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, labels)


def test_look_ups_are_counted() -> None:
    cache: LRU[str, int] = LRU("of a test", 2)
    assert cache.find("a") is None
    cache["a"] = 1
    assert cache.find("a") == 1
    assert cache.find("a", lambda value: value > 1) is None
    cache["b"] = cache["c"] = 2
    assert "a" not in cache
    lookups = {result: said("kyoo_cache_lookups_total", cache="of a test", result=result) for result in ("hit", "miss")}
    assert lookups == {"hit": 1, "miss": 2}
    assert said("kyoo_cache_entries", cache="of a test") == 2
    assert said("kyoo_cache_room", cache="of a test") == 2


def test_caches_of_one_name_count_together_and_are_apart() -> None:
    first: TTL[str, int] = TTL("of two", 3, 60)
    second: TTL[str, int] = TTL("of two", 3, 60)
    first["a"] = 1
    assert (first.find("a"), second.find("a")) == (1, None)
    assert said("kyoo_cache_lookups_total", cache="of two", result="hit") == 1
    assert said("kyoo_cache_room", cache="of two") == 6
    del second
    assert said("kyoo_cache_room", cache="of two") == 3


def test_a_value_says_until_when_it_is_known() -> None:
    cache: TLRU[str, float] = TLRU("of moments", 2, lambda until: until)
    cache["past"], cache["future"] = 0.0, float("inf")
    assert (cache.find("past"), cache.find("future")) == (None, float("inf"))
