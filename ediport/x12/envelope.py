"""The envelope: ISA and IEA, GS and GE, TA1, their JSON members and what is checked of them (X12.5, X12.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ediport.x12 import values
from ediport.x12.delimiters import Delimiters
from ediport.x12.segment import MORE_KEY
from ediport.x12.values import json_text

INTERCHANGE_KEYS: Final = (
    "authorization_information_qualifier_01",
    "authorization_information_02",
    "security_information_qualifier_03",
    "security_information_04",
    "id_qualifier_05",
    "sender_id_06",
    "id_qualifier_07",
    "receiver_id_08",
    "date_09",
    "time_10",
    "repetition_separator_11",
    "control_version_number_12",
    "control_number_13",
    "acknowledgment_requested_14",
    "usage_indicator_15",
    "component_element_separator_16",
)
INTERCHANGE_LENGTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
GROUP_KEYS: Final = (
    "functional_identifier_code_01",
    "application_senders_code_02",
    "application_receivers_code_03",
    "date_04",
    "time_05",
    "group_control_number_06",
    "responsible_agency_code_07",
    "version_release_industry_identifier_code_08",
)
ACKNOWLEDGMENT_KEY: Final = "interchange_acknowledgment_TA1"
ACKNOWLEDGMENT_KEYS: Final = (
    "interchange_control_number_01",
    "interchange_date_02",
    "interchange_time_03",
    "interchange_acknowledgment_code_04",
    "interchange_note_code_05",
)
SEPARATORS_KEY: Final = "_separators"
TRAILERS_KEY: Final = "_trailers"
SEGMENTS_KEY: Final = "_segments"
UNPLACED_KEY: Final = "_unplaced"
ORDER_KEY: Final = "_order"

VERSIONS: Final = frozenset(
    ("00401", "00402", "00403", "00404", "00405", "00406", "00501", "00602")
)
_LENGTHS_OF_GROUP: Final = ((2, 2), (2, 15), (2, 15), (6, 8), (4, 8), (1, 9), (1, 2), (1, 12))


def members(keys: Sequence[str], elements: Sequence[str]) -> list[str]:
    """JSON members of the elements that are not empty; what is beyond the keys goes to `_more`."""
    out = [f'"{k}":{json_text(e)}' for k, e in zip(keys, elements, strict=False) if e]
    if len(elements) > len(keys):
        rest = ",".join(json_text(e) for e in elements[len(keys) :])
        out.append(f'"{MORE_KEY}":[{rest}]')
    return out


def interchange_text(
    elements: Sequence[str], delimiters: Delimiters, acknowledgments: Sequence[Sequence[str]]
) -> str:
    """The `interchange` object: ISA with its blanks as they are, separators, and TA1 segments if any."""
    out = members(INTERCHANGE_KEYS, elements)
    if acknowledgments:
        rows = ("{" + ",".join(members(ACKNOWLEDGMENT_KEYS, a)) + "}" for a in acknowledgments)
        out.append(f'"{ACKNOWLEDGMENT_KEY}":[{",".join(rows)}]')
    parts = {
        "element": delimiters.element,
        "component": delimiters.component,
        "repetition": delimiters.repetition,
        "segment": delimiters.segment,
        "line_end": delimiters.line_end,
    }
    separators = ",".join(f'"{k}":{json_text(v.decode("latin-1"))}' for k, v in parts.items())
    out.append(f'"{SEPARATORS_KEY}":{{{separators}}}')
    return "{" + ",".join(out) + "}"


def group_text(elements: Sequence[str]) -> str:
    """The `group` object: GS01 to GS08."""
    return "{" + ",".join(members(GROUP_KEYS, elements)) + "}"


def interchange_faults(elements: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Rule ids, reasons and positions for an ISA segment."""
    for position, (text, length) in enumerate(zip(elements, INTERCHANGE_LENGTHS, strict=True), 1):
        if len(text) != length:
            yield (
                "isa_element_length",
                f"ISA{position:02d} has not its {length} characters",
                position,
            )
    if elements[11] not in VERSIONS:
        yield "interchange_version_unknown", "ISA12 names no version that is supported", 12
    if not (elements[12].isascii() and elements[12].isdigit()):
        yield "isa_element_invalid", "ISA13 is no number", 13
    if elements[13] not in ("0", "1"):
        yield "isa_element_invalid", "ISA14 is neither 0 nor 1", 14
    if elements[14] not in ("P", "T"):
        yield "isa_element_invalid", "ISA15 is neither P nor T", 15
    if not values.is_date(elements[8]):
        yield "isa_element_invalid", "ISA09 is no date", 9
    if not values.is_time(elements[9]):
        yield "isa_element_invalid", "ISA10 is no time", 10


def group_faults(elements: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Rule ids, reasons and positions for a GS segment."""
    for position, (low, high) in enumerate(_LENGTHS_OF_GROUP, 1):
        text = elements[position - 1] if position <= len(elements) else ""
        if not text:
            yield "group_element_invalid", f"GS{position:02d} is missing", position
        elif not low <= len(text) <= high:
            reason = f"GS{position:02d} has not {low} to {high} characters"
            yield "group_element_invalid", reason, position
    if len(elements) > len(_LENGTHS_OF_GROUP):
        yield "group_element_invalid", "GS has more than 8 elements", len(_LENGTHS_OF_GROUP) + 1
    if len(elements) > 5 and elements[5] and not (elements[5].isascii() and elements[5].isdigit()):
        yield "group_element_invalid", "GS06 is no number", 6
    if len(elements) > 3 and elements[3] and not values.is_date(elements[3]):
        yield "group_element_invalid", "GS04 is no date", 4
    if len(elements) > 4 and elements[4] and not values.is_time(elements[4]):
        yield "group_element_invalid", "GS05 is no time", 5


def number(text: str) -> int | None:
    """A count or control number as an int; None when it is not all digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def document_head(guide: str, interchange: str, group: Sequence[str]) -> bytes:
    """The text of a document up to the value of `transaction`."""
    text = f'{{"guide":{json_text(guide)},"interchange":{interchange}'
    if group:
        text += f',"group":{group_text(group)}'
    return (text + ',"transaction":').encode()


def envelope_head(interchange: str, group: Sequence[str] | None = None) -> bytes:
    """The text of a document without a transaction set, not closed yet."""
    text = f'{{"interchange":{interchange}'
    if group is not None:
        text += f',"group":{group_text(group)}'
    return text.encode()
