"""The payer between folders and as a process: every file answered once, every answer valid for pyx12 too."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyx12.params import ParamsBase
from pyx12.x12n_document import x12n_document

from ediport import settings
from ediport.guides import library
from ediport.partners.agreement import Agreement
from ediport.partners.control_numbers import CountingNumbers
from ediport.partners.correlation import request_keys, verdicts
from ediport.partners.envelope import envelope
from ediport.simulator.conduct import Conduct
from ediport.simulator.payer import Payer
from ediport.simulator.payer_folder import PayerFolder
from ediport.x12.events import DocumentText
from ediport.x12.findings import Finding
from ediport.x12.reader import read
from ediport.x12.writer import build_bytes
from tests.generators.x12_837p import generate_837p
from tests.unit.simulator.samples import AT, DEMO, Sample, claims_x12, demo

EVERGREEN = demo("evergreen-health")
SUMMIT = demo("summit-mutual")
ROOT = Path(__file__).resolve().parents[2]

kills = 5
files = 2 * (kills + 1)
claims = 120
patience_s = 60.0
"""Longest wait for the process; nothing is asserted about how long it takes."""


def documents(x12: bytes, **options: Any) -> Iterator[dict[str, Any]]:
    text = b""
    for event in read([x12], library(), **options):
        if isinstance(event, DocumentText):
            text += event.text
            if event.end:
                yield json.loads(text)
                text = b""


def findings(x12: bytes) -> list[str]:
    return [event.rule.id for event in read([x12], library()) if isinstance(event, Finding)]


def pyx12_accepts(x12: bytes) -> bool:
    """The verdict of pyx12, which reads ASCII only."""
    text = io.StringIO(x12.decode("ascii"), newline="")
    return bool(x12n_document(ParamsBase(), text, None, None))


def generated(agreement: Agreement, seed: int) -> bytes:
    """Claims of great variety, addressed to the partner."""
    drawn = b"".join(generate_837p(claims, seed))
    units = documents(drawn, split="unit")
    own = envelope(agreement, at=AT, control_numbers=CountingNumbers())
    built = build_bytes(units, library(), own)
    assert built.is_accepted
    return built.x12


@pytest.mark.parametrize("agreement", [EVERGREEN, SUMMIT], ids=lambda a: a.partner)
def test_answers_to_claims_of_great_variety(agreement: Agreement) -> None:
    x12 = generated(agreement, seed=11)
    answers = {a.kind: a.x12 for a in Payer(agreement, library(), clock=lambda: AT).answer(x12)}
    assert set(answers) == {"TA1", "999", "277CA", "835"}
    for kind, answer in answers.items():
        assert findings(answer) == []
        assert pyx12_accepts(answer), kind
    sent = {
        key.value
        for unit in documents(x12, split="unit")
        for key in request_keys(unit)
        if key.kind == "claim"
    }
    assert len(sent) == claims
    for kind in ("277CA", "835"):
        named = [
            key.value
            for document in documents(answers[kind])
            for verdict in verdicts(document)
            if (key := verdict.key("claim"))
        ]
        assert sorted(named) == sorted(sent)


class Clock:
    """A time of day that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Site:
    """A home folder with the partner's folders in it, and the payer at the other end."""

    def __init__(self, home: Path, agreement: Agreement = EVERGREEN) -> None:
        self.agreement = agreement
        self.home = home
        self.clock = Clock()
        self.outbox = home / agreement.transport.outbox
        self.inbox = home / agreement.transport.inbox
        self.state = home / "simulator" / agreement.partner

    def payer(self, **conduct: Any) -> PayerFolder:
        return PayerFolder(
            self.agreement,
            library(),
            home=self.home,
            state=self.state,
            conduct=Conduct(**conduct),
            clock=self.clock,
        )

    def drop(self, name: str, x12: bytes) -> None:
        self.outbox.mkdir(parents=True, exist_ok=True)
        draft = self.outbox / f".{name}.tmp"
        draft.write_bytes(x12)
        draft.rename(self.outbox / name)

    def kinds(self) -> list[str]:
        return [path.stem.rpartition("-")[2] for path in sorted(self.inbox.iterdir())]


def one_claim(number: int, agreement: Agreement = EVERGREEN) -> bytes:
    """An interchange with this control number."""
    return claims_x12(agreement, [Sample(f"CLAIM{number}")], batch=f"B{number}", last=number - 1)


def test_a_file_is_answered_once(tmp_path: Path) -> None:
    site = Site(tmp_path)
    payer = site.payer()
    site.drop("one.x12", one_claim(1))
    assert payer.step() == 5
    assert site.kinds() == ["TA1", "999", "277CA", "835"]
    site.drop("same-again.x12", one_claim(1))
    assert payer.step() == 0
    assert site.payer().step() == 0
    assert len(site.kinds()) == 4
    assert list(site.outbox.iterdir()) == []


def test_unfinished_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    site = Site(tmp_path)
    payer = site.payer()
    for name in (".hidden.x12", "half.part", "half.tmp"):
        (site.outbox / name).write_bytes(one_claim(1))
    (site.outbox / "folder").mkdir()
    assert payer.step() == 0
    assert len(list(site.outbox.iterdir())) == 4


def test_an_unreadable_file_is_taken_and_not_answered(tmp_path: Path) -> None:
    site = Site(tmp_path)
    payer = site.payer()
    site.drop("noise.x12", b"no X12 in here")
    payer.step()
    assert site.kinds() == []
    assert list(site.outbox.iterdir()) == []


def test_answers_come_when_they_are_due_even_after_a_restart(tmp_path: Path) -> None:
    site = Site(tmp_path)
    conduct = {"delays_s": {"277CA": 10.0, "835": 100.0}}
    payer = site.payer(**conduct)
    site.drop("one.x12", one_claim(1))
    payer.step()
    assert site.kinds() == ["TA1", "999"]
    assert payer.waiting == 2
    site.clock.advance(10)
    payer.step()
    assert site.kinds() == ["TA1", "999", "277CA"]
    later = site.payer(**conduct)
    assert later.waiting == 1
    site.clock.advance(90)
    later.step()
    assert site.kinds() == ["TA1", "999", "277CA", "835"]


def test_control_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for number in (1, 2, 3):
        site.drop("next.x12", one_claim(number))
        site.payer().step()
    names = sorted(path.name.split("-")[2] for path in site.inbox.iterdir())
    assert names == [f"{number:09d}" for number in range(1, 13)]


def test_a_control_number_used_before_the_restart_is_known(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.drop("one.x12", one_claim(1))
    site.payer().step()
    site.drop("other.x12", claims_x12(EVERGREEN, [Sample("OTHER")], batch="OTHER"))
    site.payer().step()
    answers = [path.read_bytes() for path in sorted(site.inbox.iterdir())]
    assert len(answers) == 5
    (verdict,) = [v for document in documents(answers[4]) for v in verdicts(document)]
    assert (verdict.outcome, verdict.codes) == ("rejected", ("025",))


@pytest.mark.parametrize("moment", ["mkdir", "write_text", "rename", "unlink"])
def test_a_payer_that_dies_at_any_step_answers_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    site = Site(tmp_path)
    doomed = site.payer()
    site.drop("one.x12", one_claim(1))
    for survived in range(8):
        with monkeypatch.context() as patch:
            die_at(patch, moment, survived)
            try:
                doomed.step()
            except Dead:
                doomed = site.payer()
                continue
        break
    site.payer().step()
    assert site.kinds() == ["TA1", "999", "277CA", "835"]
    assert [path.name.split("-")[2] for path in sorted(site.inbox.iterdir())] == [
        f"{number:09d}" for number in range(1, 5)
    ]


class Dead(BaseException):
    """Stands for the end of the process."""


def die_at(patch: pytest.MonkeyPatch, moment: str, survived: int) -> None:
    """Lets the process end just before the call of a method of Path that comes after `survived` ones."""
    original = getattr(Path, moment)
    calls = iter(range(survived + 1))

    def dying(self: Path, *arguments: Any, **options: Any) -> Any:
        if next(calls, None) == survived:
            raise Dead
        return original(self, *arguments, **options)

    patch.setattr(Path, moment, dying)


def start(home: Path) -> subprocess.Popen[bytes]:
    """The simulator as the platform starts it."""
    environment = {
        **os.environ,
        "EDIPORT_HOME": str(home),
        "EDIPORT_AGREEMENTS": str(DEMO),
    }
    return subprocess.Popen([sys.executable, "-m", "ediport.simulator"], cwd=ROOT, env=environment)


@pytest.fixture(scope="module")
def compiled() -> None:
    """Plans in the cache, so that a process does not spend its short life on compiling them."""
    for abbreviation in ("837P", "999", "277CA", "835"):
        assert library().get(abbreviation) is not None


def wait_for(site: Site, count: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + patience_s
    while sum(1 for _ in site.inbox.glob("*")) < count and time.monotonic() < end:
        assert process.poll() is None
        time.sleep(0.005)


def test_the_process_survives_kills_with_every_answer_once(tmp_path: Path, compiled: None) -> None:
    site = Site(tmp_path)
    site.inbox.mkdir(parents=True)
    chance = random.Random(5)
    for killed in range(kills):
        drop_two(site, 2 * killed)
        process = start(tmp_path)
        wait_for(site, 8 * killed + chance.randint(1, 7), process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    drop_two(site, 2 * kills)
    process = start(tmp_path)
    wait_for(site, 4 * files, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(patience_s) == 0
    assert_each_answered_once(sorted(site.inbox.iterdir()))


def drop_two(site: Site, before: int) -> None:
    for number in (before + 1, before + 2):
        site.drop(f"{number:03d}.x12", one_claim(number))


def assert_each_answered_once(answers: Sequence[Path]) -> None:
    kinds = Counter(path.stem.rpartition("-")[2] for path in answers)
    assert kinds == dict.fromkeys(("TA1", "999", "277CA", "835"), files)
    found = [
        (verdict.source, verdict.outcome, key.value)
        for path in answers
        for document in documents(path.read_bytes())
        for verdict in verdicts(document)
        for kind in ("interchange", "claim")
        if (key := verdict.key(kind))
    ]
    expected = [
        *(("TA1", "accepted", str(number)) for number in range(1, files + 1)),
        *(("277", "accepted", f"CLAIM{number}") for number in range(1, files + 1)),
        *(("835", "paid", f"CLAIM{number}") for number in range(1, files + 1)),
    ]
    assert sorted(found) == sorted(expected)


def test_the_process_takes_its_conduct_from_the_home_folder(tmp_path: Path, compiled: None) -> None:
    assert settings.load({}, home=tmp_path).home == tmp_path
    (tmp_path / "simulator").mkdir()
    conduct = tmp_path / "simulator" / "evergreen-health.yaml"
    conduct.write_text("faults: {rates: {silence: 1}, kinds: ['277CA', '835']}")
    site = Site(tmp_path)
    site.drop("one.x12", one_claim(1))
    process = start(tmp_path)
    site.inbox.mkdir(parents=True, exist_ok=True)
    wait_for(site, 2, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(patience_s) == 0
    assert site.kinds() == ["TA1", "999"]
