"""Where the playback of a room stands: whatever is ordered in whatever order, all who know the state agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kyoo.api.realtime.playback import PATIENCE, Playback

START = datetime(2026, 1, 1, tzinfo=UTC)
NEW = Playback(paused=True, position=0, rate=1, at=START, by="", version=0)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_it_goes_on_from_where_it_was_paused() -> None:
    playing = NEW.play(after(0), "ada", position=None, waits=False)
    assert playing.position_at(after(10)) == 10
    paused = playing.pause(after(10), "bo", position=None)
    assert (paused.position_at(after(60)), paused.by, paused.version) == (10, "bo", 2)
    faster = paused.play(after(60), "ada", position=None, waits=False).at_rate(after(70), "ada", rate=2)
    assert faster.position_at(after(75)) == 30
    assert faster.seek(after(75), "ada", position=5).position_at(after(76)) == 7


def test_a_play_waits_for_those_who_are_not_ready_but_not_for_ever() -> None:
    held = NEW.play(after(0), "ada", position=30, waits=True)
    assert (held.paused, held.position_at(after(5))) == (True, 30)
    assert held.settled(after(5), waits=True) is held
    assert held.settled(after(5), waits=False).position_at(after(7)) == 32
    late = held.settled(after(0) + PATIENCE, waits=True)
    assert (late.paused, late.waits_since) == (False, None)


def test_who_buffers_holds_all_and_a_pause_is_a_pause() -> None:
    playing = NEW.play(after(0), "ada", position=None, waits=False)
    held = playing.settled(after(4), waits=True)
    assert (held.paused, held.position, held.wanted) == (True, 4, True)
    assert held.settled(after(6), waits=False).position_at(after(7)) == 5
    paused = held.pause(after(6), "bo", position=None)
    assert paused.settled(after(90), waits=False) is paused


orders = st.lists(
    st.tuples(
        st.sampled_from(["play", "wait", "pause", "seek", "rate", "held", "free"]),
        st.floats(0, 1000),
        st.floats(0, 30),
    ),
    max_size=30,
)


@given(orders)
def test_no_order_loses_or_jumps_time(given_orders: list[tuple[str, float, float]]) -> None:
    """But for seeks, the place only moves by the time that was played; versions never go back."""
    now, playback = START, NEW
    for name, place, pause in given_orders:
        before = playback.position_at(now + timedelta(seconds=pause))
        now += timedelta(seconds=pause)
        known = playback
        match name:
            case "play" | "wait":
                playback = playback.play(now, "x", position=None, waits=name == "wait")
            case "pause":
                playback = playback.pause(now, "x", position=None)
            case "rate":
                playback = playback.at_rate(now, "x", rate=0.5 + place / 1000)
            case "seek":
                playback, before = playback.seek(now, "x", position=place), place
            case "held" | "free":
                playback = playback.settled(now, waits=name == "held")
        assert abs(playback.position_at(now) - before) < 1e-6
        assert playback is known or playback.version == known.version + 1
        assert playback.waits_since is None or playback.paused
