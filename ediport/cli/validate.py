"""`ediport validate`: every finding of a file as it is found, and a verdict at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from ediport.cli.console import out, progress
from ediport.cli.failures import EXIT_FINDINGS, EXIT_GOOD, EXIT_UNUSABLE
from ediport.cli.report import Report
from ediport.cli.second import Listener
from ediport.cli.streams import STANDARD, Output, open_input, open_output
from ediport.cli.tally import Tally
from ediport.guides import library
from ediport.guides.explain import expectation
from ediport.x12.errors import Unreadable
from ediport.x12.events import TransactionBegin, TransactionEnd
from ediport.x12.findings import Finding
from ediport.x12.plan import Plan
from ediport.x12.reader import read


class View(Protocol):
    """How findings are shown."""

    def begin_set(self, event: TransactionBegin) -> None: ...

    def find(self, finding: Finding, expected: str) -> None: ...

    def end(self, tally: Tally, listener: Listener | None) -> None: ...


def validate_file(file: str, *, as_json: bool, show_values: bool, with_second_opinion: bool) -> int:
    """Reads a file and shows what is wrong with it; returns 1 when a finding is an error."""
    with open_input(file) as source, open_output(STANDARD) as target:
        listener = Listener() if with_second_opinion else None
        view: View
        if as_json:
            view = JsonView(file, target, show_values=show_values)
        else:
            view = Report(out(), source.name, show_values=show_values)
        with progress(source) as chunks:
            heard = listener.listen(chunks) if listener else chunks
            try:
                tally = _validate(heard, view, listener)
            except Unreadable as failure:
                if isinstance(view, JsonView):
                    view.unreadable(failure)
                    return EXIT_UNUSABLE
                raise
        view.end(tally, listener)
    return EXIT_GOOD if tally.is_good else EXIT_FINDINGS


def _validate(chunks: Iterable[bytes], view: View, listener: Listener | None) -> Tally:
    tally, guides = Tally(), _Guides()
    for event in read(chunks, library()):
        tally.take(event)
        if isinstance(event, Finding):
            view.find(event, guides.expected(event))
        elif isinstance(event, TransactionBegin):
            guides.plan = _plan(event)
            view.begin_set(event)
        elif isinstance(event, TransactionEnd) and listener is not None:
            listener.judge(tally.place, accepted=event.accepted)
    for finding in _differences(tally, listener):
        tally.find(finding)
        view.find(finding, "")
    return tally


def _differences(tally: Tally, listener: Listener | None) -> Iterator[Finding]:
    if listener is None:
        return iter(())
    return listener.differences(is_envelope_good=tally.envelope_errors == 0)


def _plan(event: TransactionBegin) -> Plan | None:
    return library().get(event.guide, event.transaction_set) if event.guide else None


class _Guides:
    """Looks up what the guide of the current transaction set expects."""

    def __init__(self) -> None:
        self.plan: Plan | None = None

    def expected(self, finding: Finding) -> str:
        if self.plan is None or finding.transaction == 0:
            return ""
        return expectation(self.plan, finding)


SUMMARY: Final = "summary"


class JsonView:
    """One object a finding, and a last one with `"type": "summary"`."""

    def __init__(self, file: str, target: Output, *, show_values: bool) -> None:
        self._file = file
        self._target = target
        self._show_values = show_values

    def begin_set(self, event: TransactionBegin) -> None:
        """The findings say themselves which set they belong to."""

    def find(self, finding: Finding, expected: str) -> None:
        row = {"type": "finding", **finding.to_dict(reveal=self._show_values)}
        self._write(row | {"expects": expected} if expected else row)

    def end(self, tally: Tally, listener: Listener | None) -> None:
        verdict = "accepted" if tally.is_good else "rejected"
        row = {"type": SUMMARY, "file": self._file, "verdict": verdict, **tally.to_dict()}
        self._write(row | {"second_opinion": listener.to_dict()} if listener else row)

    def unreadable(self, failure: Unreadable) -> None:
        row: dict[str, Any] = {"type": SUMMARY, "file": self._file, "verdict": "unreadable"}
        reason = {"code": failure.code, "reason": str(failure), "offset": failure.offset}
        self._write(row | reason)

    def _write(self, row: dict[str, Any]) -> None:
        self._target.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
