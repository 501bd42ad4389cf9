"""The reject report `<name>.rejects.csv`: one line a rejected row, with reason and advice, then the row itself.

The submitter corrects the rows in it, takes away the first five columns and sends the rest again;
so a row is in it once, however many faults it has. Cells that a spreadsheet would run as a formula
get an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from typing import BinaryIO, Final

from ediport.documents.results import Reject

REPORT_COLUMNS: Final = (
    "ediport_row",
    "ediport_column",
    "ediport_rule",
    "ediport_reason",
    "ediport_advice",
)

_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?")


def report_name(file_name: str) -> str:
    """The report's file name for a submitted file (`claims.csv` -> `claims.rejects.csv`)."""
    stem, dot, _ = file_name.rpartition(".")
    return f"{stem if dot and stem else file_name}.rejects.csv"


def safe_cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula (CWE-1236); plain numbers stay as they are."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


class RejectReport:
    """Writes rejects as they come, UTF-8 with a byte order mark so that spreadsheets read it rightly."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.rows = 0

    def write(self, reject: Reject) -> None:
        """Adds one row; the first one also writes the header, with the submitter's own column names."""
        if not self.rows:
            self._out.write("\ufeff".encode())
            self._line((*REPORT_COLUMNS, *reject.header.reveal()))
        self.rows += 1
        self._line(
            (
                str(reject.row),
                reject.columns,
                reject.rules,
                reject.reason,
                reject.advice,
                *reject.raw.reveal(),
            )
        )

    def _line(self, cells: tuple[str, ...]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
            map(safe_cell, cells)
        )
        self._out.write(text.getvalue().encode("utf-8", errors="replace"))
