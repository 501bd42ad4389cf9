"""The supervisor with real child processes."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ediport import settings, supervisor
from ediport.supervisor import Service, Supervisor
from ediport.x12.errors import Defect

SLEEPER = Service("sleeper", "tests.integration.sleeping_service")
FAILING = Service("failing", "tests.integration.sleeping_service", ("fail",))
patience_s = 60.0


def tend_until(running: Supervisor, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline
        running.tend()
        time.sleep(0.02)


def log(home: Path, name: str) -> list[str]:
    path = home / "logs" / f"{name}.jsonl"
    text = path.read_text() if path.exists() else ""
    return [json.loads(line)["event"] for line in text.splitlines()]


def test_a_killed_service_is_started_again_and_stops_cleanly_at_the_end(tmp_path: Path) -> None:
    with Supervisor(settings.load({}, home=tmp_path), [SLEEPER]) as running:
        tend_until(running, lambda: log(tmp_path, "sleeper") == ["service_started"])
        (first,) = running.pids().values()
        os.kill(first, signal.SIGKILL)
        tend_until(running, lambda: len(log(tmp_path, "sleeper")) == 2)
        (second,) = running.pids().values()
        assert first != second
        assert running.restarts() == 1
    assert log(tmp_path, "sleeper") == ["service_started", "service_started", "service_stopped"]


def test_a_failing_service_is_tried_again_with_pauses(tmp_path: Path) -> None:
    with Supervisor(settings.load({}, home=tmp_path), [FAILING]) as running:
        tend_until(running, lambda: log(tmp_path, "failing").count("loop_failed") == 3)
        assert running.restarts() >= 2


def test_one_platform_works_in_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "lock_wait_s", 0.0)
    own = settings.load({}, home=tmp_path)
    with (
        Supervisor(own, []),
        pytest.raises(Defect, match="another platform"),
        Supervisor(own, []),
    ):
        pass
    with Supervisor(own, []):
        pass


def test_children_hold_the_home_until_they_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parent that is killed leaves the lock to its children for as long as they live."""
    monkeypatch.setattr(supervisor, "lock_wait_s", 0.0)
    own = settings.load({}, home=tmp_path)
    first = Supervisor(own, [SLEEPER]).__enter__()
    tend_until(first, lambda: log(tmp_path, "sleeper") == ["service_started"])
    (pid,) = first.pids().values()
    os.close(first._lock)
    with pytest.raises(Defect, match="another platform"):
        Supervisor(own, []).__enter__()
    os.close(first._lifeline[1])
    deadline = time.monotonic() + patience_s
    while first.pids() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not first.pids(), f"process {pid} has not noticed that its parent is gone"
    with Supervisor(own, []):
        pass
    assert log(tmp_path, "sleeper")[-1] == "service_stopped"
