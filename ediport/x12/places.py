"""Where the reader is in a file, and the findings it makes there."""

from __future__ import annotations

from collections.abc import Iterable

from ediport.x12 import limits
from ediport.x12.events import DocumentText
from ediport.x12.findings import Finding, Guarded
from ediport.x12.rules import RULES
from ediport.x12.segment import Fault


class Place:
    """Ordinals of the interchange, group and transaction set that are being read (0: outside), and segments.

    `segment_in_file` counts all segments from 1, `segment_ordinal` those of the transaction set (ST = 1).
    Findings, and documents of business units between them, collect in `found` until they are taken; findings of
    one transaction set are capped.
    """

    __slots__ = (
        "_file_offset",
        "_ordinal_offset",
        "errors",
        "found",
        "group",
        "interchange",
        "kept",
        "segment_in_file",
        "segment_ordinal",
        "suppressed",
        "transaction",
        "warnings",
    )

    def __init__(self) -> None:
        self.interchange = 0
        self.group = 0
        self.transaction = 0
        self.segment_in_file = 0
        self.segment_ordinal = 0
        self._file_offset = 0
        self._ordinal_offset = 0
        self.found: list[Finding | DocumentText] = []
        self.begin_counts()

    def begin_batch(self, index: int) -> None:
        """The segment at this index of a batch comes next; `at` will count from it."""
        self._file_offset = self.segment_in_file + 1 - index
        self._ordinal_offset = self.segment_ordinal + 1 - index

    def at(self, index: int) -> None:
        """The segment at this index of the batch is the current one."""
        self.segment_in_file = self._file_offset + index
        self.segment_ordinal = self._ordinal_offset + index

    def begin_counts(self) -> None:
        """Counts errors and warnings anew (of a transaction set, group or interchange)."""
        self.errors = 0
        self.warnings = 0
        self.kept = 0
        self.suppressed = 0

    def find(
        self,
        rule_id: str,
        reason: str,
        segment_id: str = "",
        loop_path: str = "",
        element: int | None = None,
    ) -> Finding | None:
        """Adds a finding of this place; None when there are too many already."""
        return self.add(rule_id, Fault(rule_id, reason, element), segment_id, loop_path)

    def add(self, rule_id: str, fault: Fault, segment_id: str, loop_path: str) -> Finding | None:
        """Adds a finding for a fault within the segment that is being read."""
        rule = RULES[rule_id]
        if rule.severity == "error":
            self.errors += 1
        else:
            self.warnings += 1
        if self.kept >= limits.findings_per_transaction_max:
            self.suppressed += 1
            return None
        self.kept += 1
        finding = Finding(
            rule,
            fault.reason,
            self.interchange,
            self.group,
            self.transaction,
            self.segment_in_file,
            self.segment_ordinal,
            segment_id,
            loop_path,
            fault.element,
            fault.component,
            fault.repeat,
            fault.data_element,
            None if fault.value is None else Guarded(fault.value),
        )
        self.found.append(finding)
        return finding

    def give(self, documents: Iterable[DocumentText]) -> None:
        """Adds documents behind the findings made so far."""
        self.found.extend(documents)

    def take(self) -> list[Finding | DocumentText]:
        """The findings and documents made since the last call, in the order of the file."""
        found = self.found
        self.found = []
        return found
