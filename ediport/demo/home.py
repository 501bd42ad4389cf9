"""The demo's home folder: agreements with two invented payers, an inbox, and the sample files."""

from __future__ import annotations

import csv
import json
import shutil
import socket
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ediport.resources import schemas_folder

SUBMITTER: Final = "demo-clinic"
SAMPLES: Final = ("claims.csv", "claims.x12")

RECEIVER_PORT: Final = 8089
"""Port in the demo's agreements; another one is written into the copies where it is taken."""

_LOOPBACK: Final = "127.0.0.1"
_PACKAGE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class DemoHome:
    """A prepared home; `receiver_port` is where its agreements send answers."""

    path: Path
    receiver_port: int

    @property
    def inbox(self) -> Path:
        return self.path / "inbox" / SUBMITTER

    @property
    def answers(self) -> Path:
        return self.path / "receiver" / "answers.jsonl"

    def is_taken_in(self) -> bool:
        """Whether no file waits in the inbox or is in intake's hands."""
        work = self.path / "work" / "inbox" / SUBMITTER
        waiting = [*self.inbox.iterdir(), *(work.iterdir() if work.is_dir() else ())]
        return not waiting

    def rejected_rows(self) -> Counter[str]:
        """How many rows the receipts name for each reason."""
        found: Counter[str] = Counter()
        for path in (self.path / "receipts" / SUBMITTER).glob("*.receipt.json"):
            receipt = json.loads(path.read_text(encoding="utf-8"))
            if receipt["rows_rejected"]:
                found.update(receipt["reasons"])
        return found

    def rejected_claims(self) -> int:
        """How many claims the reject reports name, by the claim number that each row repeats."""
        claims = set()
        for path in (self.path / "rejects" / SUBMITTER).glob("*.rejects.csv"):
            with path.open(encoding="utf-8-sig", newline="") as file:
                claims |= {(path.name, row.get("claim_number")) for row in csv.DictReader(file)}
        return len(claims)

    def drop(self) -> list[str]:
        """Drop the samples into the inbox, once in the life of this home; the names of the files."""
        done = self.path / "demo.json"
        if done.exists():
            return []
        for name in SAMPLES:
            unfinished = self.inbox / f".{name}.part"
            shutil.copyfile(samples_folder() / name, unfinished)
            unfinished.rename(self.inbox / name)
        done.write_text(json.dumps({"dropped": SAMPLES}), encoding="utf-8")
        return list(SAMPLES)


def prepare(path: Path) -> DemoHome:
    """Make a home folder ready for the demo, or one that was used before ready to go on."""
    agreements = path / "agreements"
    port = free_port(RECEIVER_PORT)
    for folder in (agreements, path / "inbox" / SUBMITTER):
        folder.mkdir(parents=True, exist_ok=True)
    for source in sorted((schemas_folder() / "partners" / "demo").glob("*.yaml")):
        text = source.read_text(encoding="utf-8")
        own = text.replace(f"{_LOOPBACK}:{RECEIVER_PORT}/", f"{_LOOPBACK}:{port}/")
        (agreements / source.name).write_text(own, encoding="utf-8")
    return DemoHome(path, port)


def samples_folder() -> Path:
    """The sample files: inside the package in a wheel, `tests/samples/` in a checkout."""
    inside = _PACKAGE / "samples"
    return inside if inside.is_dir() else _PACKAGE.parent.parent / "tests" / "samples"


def free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else one that the system chooses."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_LOOPBACK, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no free port on loopback")
