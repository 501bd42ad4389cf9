"""Intake: submitters' files are taken from their inboxes, once, whatever dies when.

A file is taken by one rename into the work folder; what becomes of it there is `passage.py`. Files
that a process left there when it died are finished before new ones are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ediport import logs
from ediport.ledger.identifiers import new_transaction_id
from ediport.ledger.port import Ledger
from ediport.partners.registry import Registry
from ediport.storage.port import Storage
from ediport.x12.errors import Defect
from services.bridge.folders import Settling, move, take
from services.bridge.passage import Folders, Passage, Ports
from services.bridge.sources import Sources
from services.bridge.submitters import load_submitter

look_s: Final = 0.1
"""How often the inboxes are looked at."""

settle_s: Final = 2.0
"""A file is taken when it has stood still this long: a flat file does not show that its end is missing."""

mark_characters: Final = 8
"""What tells a file's reports from those of an earlier file of the same name."""

_log = logs.get("intake")


class Intake:
    """Takes files of all submitters, one after the other."""

    def __init__(
        self,
        ledger: Ledger,
        storage: Storage,
        registry: Registry,
        sources: Sources,
        home: Path,
    ) -> None:
        self.folders = Folders.below(home)
        self.settling = Settling(settle_s)
        self._ports = Ports(ledger, storage, registry, sources, self.folders)
        for folder in (self.folders.inbox, self.folders.work, self.folders.submitters):
            folder.mkdir(parents=True, exist_ok=True)

    def resume(self) -> int:
        """Finish files that were taken by a process that died; how many there were."""
        taken = [p for f in sorted(self.folders.work.iterdir()) for p in sorted(f.iterdir())]
        for path in taken:
            self._process(path)
        return len(taken)

    def look(self) -> int:
        """Take every file that is complete; how many there were."""
        taken = list(self._taken())
        for path in taken:
            self._process(path)
        return len(taken)

    def _taken(self) -> Iterator[Path]:
        for inbox in sorted(self.folders.inbox.iterdir()):
            if inbox.is_dir() and not inbox.name.startswith("."):
                for path in self.settling.ready(inbox):
                    stamp = new_transaction_id()
                    name = self._report_name(path, stamp)
                    own = take(path, self.folders.work / inbox.name, stamp, name)
                    if own is not None:
                        yield own

    def _report_name(self, path: Path, stamp: str) -> str:
        """The name for the file's reports: its own, or a new one where there are reports of it."""
        receipt = self.folders.receipts / path.parent.name / f"{path.name}.receipt.json"
        mark = f"-{stamp[-mark_characters:]}" if receipt.exists() else ""
        return f"{path.stem}{mark}{path.suffix}"

    def _process(self, path: Path) -> None:
        """One file from the work folder to the archive; a file that breaks us is set aside."""
        submitter = path.parent.name
        if path.name.startswith("."):
            path.unlink()
            return
        try:
            rules = load_submitter(self.folders.submitters, submitter)
            Passage(self._ports, path, rules).run()
        except Defect:
            _log.exception("file_set_aside", submitter=submitter)
            move(path, self.folders.archive / submitter / "set-aside" / path.name)
