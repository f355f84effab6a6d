"""The list of services is whole: what it names is there, and every job has a lane."""

from __future__ import annotations

from pathlib import Path

import pytest
from procrastinate import Blueprint

import kyoo
from kyoo.core.settings import Settings
from kyoo.serve import services
from kyoo.serve.services import NAMES, SERVICES, LaneError, check_lanes


def test_every_package_with_an_application_is_a_service() -> None:
    folder = Path(kyoo.__file__).parent
    assert {path.parent.name for path in folder.glob("*/app.py")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_named_is_there(name: str) -> None:
    service = SERVICES[name]
    assert issubclass(service.settings, Settings)
    assert callable(service.create_app)
    assert isinstance(service.jobs, Blueprint)


def test_prefixes_and_ports_are_of_one_service_each() -> None:
    assert len({service.prefix for service in SERVICES.values()}) == len(SERVICES)
    assert len({service.port for service in SERVICES.values()}) == len(SERVICES)


def test_a_job_that_no_lane_runs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    check_lanes()
    monkeypatch.setattr(services, "LANES", tuple(lane for lane in services.LANES if "scan" not in lane.queues))
    with pytest.raises(LaneError, match=r"scanner:scan \(scan\)"):
        check_lanes()
