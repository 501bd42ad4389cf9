"""Small X12 files for tests, and short ways to read them and to write them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ediport.x12.events import DocumentText, Event
from ediport.x12.findings import Finding
from ediport.x12.plan import Plans
from ediport.x12.reader import Split, read
from ediport.x12.writer import Writer
from tests.unit.x12.small_guide import GUIDE, SmallPlans

PLANS: Final = SmallPlans()

HEADER: Final = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    "*260102*0600*^*00501*000000001*0*T*:"
)
GROUP: Final = f"GS*XX*SENDER*RECEIVER*20260102*0600*1*X*{GUIDE}"

BEGIN: Final = ("BGN*00*1", "REF*1L*A", "N1*40*R")
"""What the small guide requires between ST and SE, but for the trailer."""

PROVIDER: Final = ("HL*1**20*1", "NM1*85*CLINIC")
PERSON: Final = ("HL*2*1*22*0", "NM1*IL*DOE")
CLAIM: Final = ("CLM*A1*10", "LX*1", "AMT*10")
FULL: Final = (*BEGIN, *PROVIDER, *PERSON, *CLAIM)
"""One provider, one person, one claim."""


def x12(*segments: str, end: str = "~") -> bytes:
    """An interchange with one group and one transaction set of the small guide, all counts right."""
    body = [f"ST*100*0001*{GUIDE}", *segments, f"SE*{len(segments) + 2}*0001"]
    return whole(HEADER, GROUP, *body, "GE*1*1", "IEA*1*000000001", end=end)


def whole(*segments: str, end: str = "~") -> bytes:
    """Just these segments, each with its terminator."""
    return "".join(segment + end for segment in segments).encode("latin-1")


def events(
    data: bytes | Iterable[bytes], split: Split = "none", plans: Plans = PLANS
) -> list[Event]:
    return list(read([data] if isinstance(data, bytes) else data, plans, split=split))


def findings(data: bytes, plans: Plans = PLANS) -> list[Finding]:
    return [event for event in events(data, plans=plans) if isinstance(event, Finding)]


def rules(data: bytes, plans: Plans = PLANS) -> list[str]:
    """Ids of the rules that a file breaks, in order."""
    return [finding.rule.id for finding in findings(data, plans)]


def places(data: bytes, plans: Plans = PLANS) -> list[str]:
    """Rule, segment ordinal, loop path and place of each finding, in one line each."""
    return [
        f"{f.rule.id} {f.segment_ordinal} {f.loop_path or '-'} {f.place}"
        for f in findings(data, plans)
    ]


def texts(data: bytes, split: Split = "none", plans: Plans = PLANS) -> list[str]:
    """The documents as lines of JSON text."""
    pieces = [e.text for e in events(data, split, plans) if isinstance(e, DocumentText)]
    return b"".join(pieces).decode().split("\n")[:-1]


def documents(data: bytes, split: Split = "none", plans: Plans = PLANS) -> list[dict[str, Any]]:
    return [json.loads(text) for text in texts(data, split, plans)]


def transaction(data: bytes) -> dict[str, Any]:
    """The value of `transaction` in the only document of a file."""
    (document,) = documents(data)
    found: dict[str, Any] = document["transaction"]
    return found


def written(rows: Sequence[Any], plans: Plans = PLANS) -> tuple[bytes, list[Finding]]:
    """X12 of documents, and the findings about their JSON."""
    writer = Writer(plans)
    made = [item for row in rows for item in writer.add(row)] + writer.close()
    text = b"".join(item for item in made if isinstance(item, bytes))
    return text, [item for item in made if isinstance(item, Finding)]


def there_and_back(data: bytes, split: Split = "none", plans: Plans = PLANS) -> bytes:
    """X12 -> JSON -> X12; the JSON itself must be without fault."""
    text, faults = written(documents(data, split, plans), plans)
    assert not faults
    return text
