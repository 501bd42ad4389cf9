"""What a submitter gets for a file: a receipt with counts and transaction ids, and reports of what was rejected.

They are written aside while the file is read and appear under their names when it is done:
`<name>.receipt.json`, `<name>.rejects.csv` (rows of a flat file), `<name>.rejects.jsonl` (units).
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from ediport.documents.rejects import RejectReport, report_name
from ediport.documents.results import Reject
from services.bridge.folders import sync_folder

TAKEN: Final = "taken"
REPEATED: Final = "repeated"
REFUSED: Final = "refused"
FAILED: Final = "failed"
"""The outcomes of a file. `failed`: it met a fault of ours; the units listed went on."""


class Receipt:
    """The reports of one file, as a context manager; they appear only when `publish` is called."""

    def __init__(self, file_name: str, work: Path, receipts: Path, rejects: Path) -> None:
        self._name = file_name
        self._receipts = receipts
        self._rejects = rejects
        self._paths = {kind: work / f".{file_name}.{kind}.tmp" for kind in ("list", "csv", "jsonl")}
        self._files: dict[str, BinaryIO] = {}
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._files = {kind: path.open("w+b") for kind, path in self._paths.items()}
        self._report = RejectReport(self._files["csv"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()
        for path in self._paths.values():
            path.unlink(missing_ok=True)

    def unit(self, record: str, transaction_id: str, rules: list[str]) -> None:
        """A unit that got an id; with `rules` when it was rejected all the same."""
        self.counts["rejected" if rules else "taken"] += 1
        self.reasons.update(rules)
        row: dict[str, Any] = {"record": record, "transaction_id": transaction_id}
        self._line("list", row | ({"rejected_for": rules} if rules else {}))

    def findings(self, record: str, transaction_id: str, findings: list[dict[str, Any]]) -> None:
        """Why a unit was rejected."""
        row = {"record": record, "transaction_id": transaction_id, "findings": findings}
        self._line("jsonl", row)

    def row(self, reject: Reject) -> None:
        """A row of a flat file that was not taken."""
        self.counts["rows_rejected"] += 1
        self.reasons.update({fault.rule.id for fault in reject.faults})
        self._report.write(reject)

    def publish(self, outcome: str, **more: str) -> None:
        """Make the reports appear; one of the same name, from an earlier file, is replaced."""
        csv_name = report_name(self._name)
        reports = {"csv": csv_name, "jsonl": csv_name.removesuffix(".csv") + ".jsonl"}
        written = {kind: n for kind, n in reports.items() if self._files[kind].tell()}
        for kind, name in written.items():
            _appear(self._files[kind], self._paths[kind], self._rejects / name)
        head = {"file": self._name, "outcome": outcome, **more}
        totals = {
            "units": {name: self.counts[name] for name in ("taken", "rejected")},
            "rows_rejected": self.counts["rows_rejected"],
            "reasons": dict(self.reasons),
            "reports": sorted(written.values()),
        }
        self._write_receipt(head | totals)

    def _write_receipt(self, head: dict[str, Any]) -> None:
        listed = self._files["list"]
        listed.seek(0)
        path = self._paths["list"].with_name(f".{self._name}.receipt.tmp")
        with path.open("wb") as out:
            out.write(json.dumps(head, indent=2).encode()[:-2])
            out.write(b',\n  "transactions": [')
            for number, line in enumerate(listed):
                out.write((b",\n    " if number else b"\n    ") + line.rstrip())
            out.write(b"\n  ]\n}\n")
            _appear(out, path, self._receipts / f"{self._name}.receipt.json")

    def _line(self, kind: str, row: dict[str, Any]) -> None:
        self._files[kind].write(json.dumps(row).encode() + b"\n")


def _appear(file: BinaryIO, path: Path, target: Path) -> None:
    """Bring an open file to disk and give it its final name."""
    file.flush()
    os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    sync_folder(target.parent)
