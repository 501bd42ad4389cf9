"""The payer as a process: takes X12 from the partner's outbox folder, puts answers into its inbox
folder.

Nothing is answered twice and nothing is forgotten, whenever the process is killed:

- a file is taken by renaming it into `picked/`;
- its answers are written into `answered/<digest>.part/`, which becomes `answered/<digest>/` by one
  rename: from then on the file is answered, and seen again it is thrown away;
- an answer is sent by renaming it into the inbox when it is due, so it is in one place at any time.

The state folder must be on the file system of the inbox, and one process at a time may work in it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ediport.partners.agreement import Agreement
from ediport.partners.control_numbers import CountingNumbers
from ediport.simulator.answers import Answer
from ediport.simulator.conduct import Conduct
from ediport.simulator.payer import Clock, Memory, Payer, utc_now
from ediport.x12.errors import Defect
from ediport.x12.plan import Plans

poll_s: Final = 0.1
"""Pause between two looks at the outbox while there is nothing to do."""

_UNFINISHED: Final = (".part", ".tmp")
_JOB: Final = "job.json"
_RECEIVED: Final = "received.x12"


@dataclass(frozen=True, slots=True, order=True)
class _Pending:
    """An answer that waits in its job folder; `number` orders answers due at one time."""

    due: datetime
    number: str
    path: Path
    name: str


class PayerFolder:
    """A payer between two folders. `step` does what there is to do now, `run` goes on until told to
    stop.

    `home` is the folder that relative folders of the agreement begin at; `state` is the payer's
    own.
    """

    def __init__(
        self,
        agreement: Agreement,
        plans: Plans,
        *,
        home: Path,
        state: Path,
        conduct: Conduct | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._outbox = home / agreement.transport.outbox
        self._inbox = home / agreement.transport.inbox
        self._picked = state / "picked"
        self._answered = state / "answered"
        self._failed = state / "failed"
        self._clock = clock
        for folder in (self._outbox, self._inbox, self._picked, self._answered, self._failed):
            folder.mkdir(parents=True, exist_ok=True)
        self._pending: list[_Pending] = []
        memory = self._recall()
        self._payer = Payer(agreement, plans, conduct=conduct, memory=memory, clock=self._clock)

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set."""
        while not stop.is_set():
            if not self.step():
                stop.wait(poll_s)

    def step(self) -> int:
        """Answers what is there and sends what is due; returns how many files that were."""
        done = self._send()
        for path in self._take():
            done += self._answer(path) + self._send()
        return done

    @property
    def waiting(self) -> int:
        """Answers that are written and not due yet."""
        return len(self._pending)

    def _take(self) -> Iterator[Path]:
        """Files in hand: those left by a killed process, then the outbox, one by one."""
        yield from sorted(self._picked.iterdir())
        for path in sorted(self._outbox.iterdir()):
            if path.is_file() and not path.name.startswith(".") and path.suffix not in _UNFINISHED:
                yield path.rename(self._picked / path.name)

    def _answer(self, path: Path) -> bool:
        """Answers a file in hand, unless one of the same content was answered."""
        x12 = path.read_bytes()
        job = self._answered / hashlib.sha256(x12).hexdigest()
        is_new = not job.exists()
        if is_new:
            self._write(job, x12, self._answers(x12, path))
            self._pending.extend(_pending(job))
        path.unlink()
        return is_new

    def _answers(self, x12: bytes, path: Path) -> list[Answer]:
        """The payer's answers; a file that breaks the payer is set aside: it does so once."""
        try:
            return self._payer.answer(x12)
        except Defect:
            path.rename(self._failed / path.name)
            raise

    def _write(self, job: Path, x12: bytes, answers: list[Answer]) -> None:
        draft = job.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        at = self._clock()
        rows = []
        for number, answer in enumerate(answers, start=1):
            file = f"{number:03d}.x12"
            (draft / file).write_bytes(answer.x12)
            due = at + timedelta(seconds=answer.delay_s)
            rows.append({"file": file, "name": answer.name, "due": due.isoformat()})
        (draft / _RECEIVED).write_bytes(x12)
        memory = self._payer.memory
        note = {
            "numbers": memory.numbers.last,
            "interchanges": memory.take_learned(),
            "answers": rows,
        }
        (draft / _JOB).write_text(json.dumps(note), encoding="utf-8")
        draft.rename(job)

    def _send(self) -> int:
        """Puts due answers into the inbox, in the order in which they are due."""
        now = self._clock()
        due = sorted(pending for pending in self._pending if pending.due <= now)
        for pending in due:
            pending.path.rename(self._inbox / pending.name)
            self._pending.remove(pending)
        return len(due)

    def _recall(self) -> Memory:
        """What the answered files say about control numbers, and which of their answers wait."""
        interchanges: list[str] = []
        last = (0, 0, 0)
        for job in sorted(self._answered.iterdir()):
            if job.suffix in _UNFINISHED:
                continue
            note = _note(job)
            interchange, group, transaction = note["numbers"]
            last = max(last, (interchange, group, transaction))
            interchanges.extend(note["interchanges"])
            self._pending.extend(_pending(job))
        memory = Memory(CountingNumbers(*last))
        for interchange in interchanges:
            memory.learn(interchange)
        memory.take_learned()
        return memory


def _note(job: Path) -> dict[str, Any]:
    note: dict[str, Any] = json.loads((job / _JOB).read_text(encoding="utf-8"))
    return note


def _pending(job: Path) -> Iterator[_Pending]:
    for row in _note(job)["answers"]:
        path = job / row["file"]
        if path.exists():
            yield _Pending(datetime.fromisoformat(row["due"]), row["file"], path, row["name"])
