"""`ediport translate`: X12 to canonical JSON, one document a line."""

from __future__ import annotations

import sys

from ediport.cli.console import is_terminal, progress
from ediport.cli.failures import EXIT_FINDINGS, EXIT_GOOD
from ediport.cli.streams import STANDARD, open_input, open_output
from ediport.cli.summary import print_summary, validate_hint
from ediport.cli.tally import Tally
from ediport.guides import library
from ediport.x12.events import DocumentText
from ediport.x12.reader import Split, read


def translate_file(file: str, split: Split, output: str) -> int:
    """Writes the documents of a file; returns 1 when a finding is an error."""
    tally = Tally()
    is_shown = output == STANDARD and is_terminal(sys.stdout)
    with (
        open_input(file) as source,
        open_output(output, source=file) as target,
        progress(source, output_is_terminal=is_shown) as chunks,
    ):
        for event in read(chunks, library(), split=split):
            if isinstance(event, DocumentText):
                target.write(event.text)
            else:
                tally.take(event)
    print_summary(file, tally, hint=validate_hint(file))
    return EXIT_GOOD if tally.is_good else EXIT_FINDINGS
