"""`ediport build`: canonical JSON to X12, read again on its way out so that nothing leaves unchecked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from ediport.cli.console import err, is_terminal, progress
from ediport.cli.failures import EXIT_FINDINGS, EXIT_GOOD, CommandFailure
from ediport.cli.json_documents import Document, documents
from ediport.cli.streams import STANDARD, Output, open_input, open_output
from ediport.cli.summary import print_summary, validate_hint
from ediport.cli.tally import Tally
from ediport.guides import library
from ediport.x12.events import DocumentText, Event
from ediport.x12.findings import Finding
from ediport.x12.reader import Reader
from ediport.x12.writer import Envelope, Writer

findings_shown_max: Final = 50
"""Faults of the JSON that are shown one by one; further ones are counted."""


def build_file(
    file: str, output: str, *, partner: str | None, home: Path | None, first_number: int
) -> int:
    """Writes the X12 of the documents in a file; returns 1 when a finding is an error."""
    envelope = None
    if partner is not None:
        from ediport.cli.partner import partner_envelope

        envelope = partner_envelope(partner, home, first_number)
    with open_input(file) as source, open_output(output, source=file) as target:
        builder = _Builder(source.name, target, envelope)
        is_shown = output == STANDARD and is_terminal(sys.stdout)
        with progress(source, output_is_terminal=is_shown) as chunks:
            builder.build(documents(source.name, chunks))
    builder.say_rest()
    name = "result" if output == STANDARD else output
    print_summary(name, builder.tally, hint=validate_hint(output))
    return EXIT_GOOD if builder.tally.is_good else EXIT_FINDINGS


class _Builder:
    """Writes documents, reads the result, and says what is wrong with the JSON as it is found."""

    def __init__(self, name: str, target: Output, envelope: Envelope | None) -> None:
        self._name = name
        self._target = target
        self._writer = Writer(library(), envelope=envelope)
        self._reader = Reader(library())
        self._line = 0
        self._has_text = False
        self._unsaid = 0
        self.tally = Tally()

    def build(self, rows: Iterable[Document]) -> None:
        for line, document in rows:
            self._line = line
            self._take(self._writer.add(document))
        if not self._line:
            raise CommandFailure(f"{self._name} holds no JSON document")
        self._take(self._writer.close())
        if self._has_text:
            self._count(self._reader.close())

    def _take(self, items: Sequence[bytes | Finding]) -> None:
        for item in items:
            if isinstance(item, Finding):
                self.tally.find(item)
                self._say(item)
            else:
                self._has_text = True
                self._target.write(item)
                self._count(self._reader.feed(item))

    def _count(self, events: Sequence[Event]) -> None:
        for event in events:
            if not isinstance(event, DocumentText):
                self.tally.take(event)

    def _say(self, finding: Finding) -> None:
        """One line; `_line` is that of the document just taken, where its loops end those before it."""
        if self.tally.errors + self.tally.warnings > findings_shown_max:
            self._unsaid += 1
            return
        place = f"{self._name} line {self._line}, {finding.pointer or 'the document'}"
        style = "red" if finding.is_error else "yellow"
        err().print(f"{place}: {finding.reason} ({finding.rule.id})", style=style)

    def say_rest(self) -> None:
        if self._unsaid:
            err().print(f"and {self._unsaid:,} further faults of the JSON", style="red")
