"""Small pieces of text that several commands write."""

from __future__ import annotations

from typing import Final

from ediport.cli.tally import Tally
from ediport.x12.findings import Finding

ACK_FIELDS: Final = {
    "interchange": "TA105",
    "group": "AK905",
    "transaction": "IK502",
    "segment": "IK304",
    "element": "IK403",
}
"""The acknowledgment element that holds a rule's code, by the level of the rule."""


def count(number: int, thing: str) -> str:
    """`1 error`, `2 errors`, `1,234 errors`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def faults(errors: int, warnings: int) -> str:
    """`3 errors, 1 warning`, `no findings`."""
    parts = [count(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return ", ".join(parts) or "no findings"


def place(finding: Finding) -> str:
    """Where a finding is, for a person: `segment 23  2000A/2000B/2300  CLM05-03`."""
    parts = [f"segment {finding.segment_in_file:,}"] if finding.segment_in_file else []
    parts += [text for text in (finding.loop_path, finding.place) if text]
    if finding.repeat is not None:
        parts.append(f"repeat {finding.repeat}")
    if finding.pointer is not None:
        parts.append(finding.pointer)
    return "  ".join(parts)


def rule(finding: Finding) -> str:
    """`element_required (SNIP 2, IK403 code 1)`."""
    code = f", {ACK_FIELDS[finding.level]} code {finding.ack_code}" if finding.ack_code else ""
    return f"{finding.rule.id} (SNIP {finding.snip_type}{code})"


def summary(tally: Tally) -> str:
    """Totals in one line."""
    total, rejected = tally.transaction_sets, tally.rejected_sets
    sets = f"{count(total, 'transaction set')} accepted"
    if rejected:
        sets = f"{rejected:,} of {total:,} transaction sets rejected"
    return f"{sets}, {faults(tally.errors, tally.warnings)}"
