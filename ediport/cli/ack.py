"""`ediport ack`: TA1 and 999 for a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import Final, cast

from ediport.cli.console import is_terminal, progress
from ediport.cli.failures import EXIT_FINDINGS, EXIT_GOOD
from ediport.cli.streams import STANDARD, open_input, open_output
from ediport.cli.summary import print_summary, validate_hint
from ediport.cli.tally import Tally
from ediport.guides import library
from ediport.x12.acks import Spool, acknowledge
from ediport.x12.events import DocumentText, Event
from ediport.x12.reader import read

spool_bytes_max: Final = 8_388_608
"""An answer longer than this waits in a temporary file instead of memory."""


class Numbers:
    """Control numbers of each level, counted from the one given."""

    def __init__(self, first: int) -> None:
        self._interchange = count(first)
        self._group = count(first)
        self._transaction = count(first)

    def interchange(self) -> int:
        return next(self._interchange)

    def group(self) -> int:
        return next(self._group)

    def transaction(self) -> int:
        return next(self._transaction)


def acknowledge_file(file: str, output: str, first_number: int) -> int:
    """Writes the answer to a file; returns 1 when a finding is an error."""
    tally = Tally()
    with open_input(file) as source, open_output(output, source=file) as target:
        is_shown = output == STANDARD and is_terminal(sys.stdout)
        with progress(source, output_is_terminal=is_shown) as chunks:
            events = _counted(read(chunks, library()), tally)
            numbers, now = Numbers(first_number), datetime.now().astimezone()
            for text in acknowledge(events, control_numbers=numbers, now=now, spool=_spool):
                target.write(text)
    print_summary(file, tally, hint=validate_hint(file))
    return EXIT_GOOD if tally.is_good else EXIT_FINDINGS


def _counted(events: Iterable[Event], tally: Tally) -> Iterator[Event]:
    for event in events:
        if not isinstance(event, DocumentText):
            tally.take(event)
        yield event


def _spool() -> Spool:
    return cast("Spool", SpooledTemporaryFile(max_size=spool_bytes_max))
