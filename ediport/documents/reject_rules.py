"""The register of rules for flat files: everything a row or file can be rejected for, by its stable id.

`advice` says what to do, in general; a fault may carry better advice of its own. Neither holds
values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class RejectRule:
    """One thing that can be wrong with a flat file."""

    id: str
    summary: str
    advice: str


def _register(*rows: tuple[str, str, str]) -> dict[str, RejectRule]:
    return {rule_id: RejectRule(rule_id, summary, advice) for rule_id, summary, advice in rows}


REJECT_RULES: Final[dict[str, RejectRule]] = _register(
    ("file_empty", "the file is empty", "Send the file again, with its rows."),
    (
        "file_no_rows",
        "the file has a header row and nothing else",
        "Send the file again, with rows.",
    ),
    (
        "file_not_text",
        "the file is no text file of the layout's encoding",
        "Export it as CSV; a workbook or an archive cannot be read.",
    ),
    (
        "file_units_max",
        "the file holds more units than are read from one file",
        "Send the rest in another file; what stands above this row was read.",
    ),
    (
        "header_mismatch",
        "the header row does not fit the layout",
        "Correct the header row and send the whole file again; no row was read.",
    ),
    ("row_too_long", "the row is too long", "Check line ends and quotes around this row."),
    (
        "row_field_count",
        "the row does not have as many fields as the header row",
        "Look for a missing or an unquoted delimiter in this row.",
    ),
    (
        "row_quotes",
        "the quotes in the row are not balanced",
        "Close every quoted field, and double a quote inside of one.",
    ),
    (
        "row_encoding",
        "the row has bytes that are not of the layout's encoding",
        "Save the file in the encoding that the layout names.",
    ),
    (
        "row_nul",
        "the row contains NUL bytes",
        "Export the file again; it may have been cut or damaged.",
    ),
    (
        "row_control_character",
        "the row contains control characters",
        "Remove what is not printable from the named column.",
    ),
    ("row_no_key", "nothing says to which unit the row belongs", "Fill in the key columns."),
    ("value_required", "the value is missing", "Fill in the column."),
    (
        "value_required_here",
        "the value is missing, and the guide requires it beside the others that are given",
        "Fill in the column, or empty those that belong to it.",
    ),
    ("value_date", "the value is no date of the expected form", "Write the date in that form."),
    (
        "value_amount",
        "the value is no amount",
        "Write digits, with a decimal separator where needed.",
    ),
    (
        "value_number",
        "the value is no number",
        "Write digits, with a decimal separator where needed.",
    ),
    ("value_code", "the code is not allowed here", "Use one of the allowed codes."),
    ("value_form", "the value does not have the expected form", "Correct the value."),
    ("value_check_digit", "the check digit is wrong", "Look for a mistyped digit."),
    ("value_too_short", "the value is too short", "Check the value."),
    ("value_too_long", "the value is too long", "Shorten the value."),
    (
        "value_characters",
        "the value has characters that X12 does not have",
        "Use letters without accents, digits and plain punctuation.",
    ),
    ("value_count", "the column holds too many values", "Leave out what is over."),
    (
        "value_not_wanted",
        "the column must be empty in this case",
        "Empty the column, or correct the column that decides.",
    ),
    (
        "unit_value_differs",
        "the value is not the one in the first row of the unit",
        "Give the same value in all rows of the unit, or another key.",
    ),
    (
        "unit_key_returns",
        "the key was used further up, and the rows of a unit must follow each other",
        "Sort the file by its key columns, or give another key.",
    ),
    (
        "unit_rows_max",
        "the unit has more rows than the guide allows",
        "Split it into units that each have a key of their own.",
    ),
    ("unit_total", "the total is not the sum of the rows", "Correct the total or the rows."),
    (
        "unit_other_row",
        "another row of the same unit was rejected",
        "Correct that row, and send all rows of the unit again.",
    ),
)
