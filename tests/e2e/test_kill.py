"""`kill -9` of the embedded platform, whole and in parts, at random moments: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from ediport.ledger.states import FINALIZED
from tests.e2e.platform_home import DemoProcess, Home, wait_for
from tests.generators.claims_csv import SAMPLE_CLAIMS, generate_claims_csv, sample

pytestmark = pytest.mark.slow

kills = 10
translators = 2
claims_a_round = 12
moment_s_max = 4.0
X12_CLAIMS = 40
SEED = random.SystemRandom().randrange(10**6)


@pytest.fixture
def draw() -> random.Random:
    """A failing test shows the seed among its output."""
    print(f"seed {SEED}")
    return random.Random(SEED)


def drop(home: Path, number: int) -> None:
    """One more file of claims, each with a number of its own."""
    inbox = home / "inbox" / "demo-clinic"
    inbox.mkdir(parents=True, exist_ok=True)
    text = b"".join(generate_claims_csv(claims_a_round, number))
    unfinished = inbox / f".round-{number}.part"
    unfinished.write_bytes(text.replace(b"DEMO-", b"R%03d-" % number))
    unfinished.rename(inbox / f"round-{number}.csv")


def expect_all_once(home: Home, rounds: int) -> None:
    """Every claim of every file has its end once, with the payer and the requester too."""
    bad_rows = {planted.row for planted in sample()[1]}
    claims = Counter(unit.state for unit in home.units)
    whole = rounds * claims_a_round + X12_CLAIMS + SAMPLE_CLAIMS
    assert set(claims) == {FINALIZED}
    assert whole - len(bad_rows) <= claims[FINALIZED] < whole
    for unit in home.units:
        kinds = home.kinds(unit)
        once = ("received", "translated", "sent", "acknowledged", "accepted", "finalized")
        assert {kind: kinds[kind] for kind in once} == dict.fromkeys(once, 1), unit.transaction_id
    received = home.claims_received()
    assert len(received) == len(home.units)
    assert set(received.values()) == {1}
    for numbers in home.control_numbers().values():
        assert numbers == list(range(1, len(numbers) + 1))
    answers = Counter((row["transaction_id"], row["source"]) for row in home.answers())
    assert len(answers) == 2 * len(home.units)
    assert set(answers.values()) == {1}
    assert not home.dead


def starts(home: Path) -> int:
    """How often the bridge has started in this home."""
    log = home / "logs" / "bridge.jsonl"
    return log.read_text().count('"service_started"') if log.exists() else 0


def test_the_whole_platform_killed_at_ten_random_moments(
    tmp_path: Path, draw: random.Random
) -> None:
    home, log = tmp_path / "home", tmp_path / "output.txt"
    for number in range(kills):
        before = starts(home)
        process = DemoProcess(home, log=log, workers=translators)
        drop(home, number)
        wait_for(lambda n=before: starts(home) > n, "the bridge")
        time.sleep(draw.uniform(0.0, moment_s_max))
        process.kill_all()
    assert DemoProcess(home, log=log, workers=translators).wait() == 0, log.read_text()[-3000:]
    expect_all_once(Home(home), kills)


def test_single_services_killed_at_random_moments(tmp_path: Path, draw: random.Random) -> None:
    home, log = tmp_path / "home", tmp_path / "output.txt"
    process = DemoProcess(home, log=log, workers=translators)
    wait_for(lambda: starts(home) > 0, "the bridge")
    killed: list[str] = []
    while len(killed) < kills and process.is_running():
        drop(home, len(killed))
        time.sleep(draw.uniform(0.1, 1.5))
        children = sorted(process.children().items())
        if children:
            pid, module = draw.choice(children)
            killed.append(module)
            _kill(pid)
    assert process.wait() == 0, log.read_text()[-3000:]
    assert len(killed) == kills
    expect_all_once(Home(home), kills)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_no_service_outlives_its_killed_parent(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "output.txt"
    process = DemoProcess(home, log=log, workers=translators)
    wait_for(lambda: starts(home) > 0, "the bridge")
    children = process.children()
    assert len(children) >= 4
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "the services' end"
    )
    assert DemoProcess(home, log=log, workers=translators).wait() == 0, log.read_text()[-3000:]
    expect_all_once(Home(home), 0)
