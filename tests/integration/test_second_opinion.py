"""The second validator in its own process: what it prints, breaks or takes too long for stays there."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ediport.guides import second_opinion as module
from ediport.guides.second_opinion import _Worker

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
CLAIMS = (SAMPLES / "claims.x12").read_bytes()


@pytest.fixture
def worker() -> Iterator[_Worker]:
    worker = _Worker()
    yield worker
    worker.close()


def process_of(worker: _Worker) -> "subprocess.Popen[bytes]":
    process = worker._process
    assert process is not None
    return process


def test_one_process_answers_again_and_again(
    worker: _Worker, capfd: pytest.CaptureFixture[str]
) -> None:
    assert worker.ask(CLAIMS).verdict == "accepted"
    first = process_of(worker)
    assert worker.ask(CLAIMS.replace(b"CLM*", b"CLM**", 1)).verdict == "rejected"
    assert worker.ask(b"garbage").outcome == "not_x12"
    assert process_of(worker) is first
    assert capfd.readouterr() == ("", "")


def test_a_process_that_died_is_started_again(worker: _Worker) -> None:
    worker.ask(b"")
    process_of(worker).kill()
    process_of(worker).wait()
    assert worker.ask(CLAIMS).verdict == "accepted"


def test_a_process_that_dies_at_work_is_no_opinion(worker: _Worker) -> None:
    code = "import sys; sys.stdin.buffer.read(8)"
    pipe = subprocess.PIPE
    worker._process = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe)
    assert worker.ask(CLAIMS).outcome == "crashed"
    assert worker.ask(CLAIMS).verdict == "accepted"


def test_work_that_takes_too_long_is_stopped(
    worker: _Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "opinion_s_max", 0.0)
    assert worker.ask(CLAIMS).outcome == "timed_out"
    monkeypatch.setattr(module, "opinion_s_max", 120.0)
    assert worker.ask(CLAIMS).verdict == "accepted"


def test_threads_ask_one_after_another(worker: _Worker) -> None:
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(worker.ask(CLAIMS).verdict))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["accepted"] * 4


def test_the_process_ends_with_its_parent() -> None:
    code = (
        "from ediport.guides.second_opinion import _worker, second_opinion\n"
        "second_opinion(b'x'); print(_worker()._process.pid, flush=True)\n"
        "import os; os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    child = Path(f"/proc/{int(done.stdout)}")
    for _ in range(100):
        if not child.exists() or "Z" in (child / "stat").read_text().split()[2]:
            return
        threading.Event().wait(0.1)
    pytest.fail("the second validator outlives the process that asked it")
