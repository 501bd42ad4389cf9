"""The register of rules: every fault that the engine can report, by its stable id.

Acknowledgment codes: TA105 for level interchange, AK905 group, IK502 transaction, IK304 segment, IK403 element
(X12 005010X231A1 and the TA1 segment of 005010). SNIP types as the WEDI SNIP white paper numbers them.
"""

from __future__ import annotations

from typing import Final

from ediport.x12.findings import Level, Rule, Severity

RULES: Final[dict[str, Rule]] = {}


def _rules(level: Level, *rows: tuple[str, int, Severity, str | None, str]) -> None:
    for rule_id, snip_type, severity, ack_code, summary in rows:
        RULES[rule_id] = Rule(rule_id, snip_type, severity, level, ack_code, summary)


_rules(
    "interchange",
    (
        "byte_order_mark",
        1,
        "warning",
        None,
        "The file begins with a UTF-8 byte order mark, which is skipped.",
    ),
    (
        "leading_bytes",
        1,
        "warning",
        None,
        "There is text before the first ISA segment, which is skipped.",
    ),
    (
        "trailing_bytes",
        1,
        "warning",
        None,
        "There is text after the last IEA segment, which is skipped.",
    ),
    (
        "utf16_text",
        1,
        "warning",
        None,
        "The file is UTF-16 text; it was read as if it were 8-bit text.",
    ),
    ("isa_element_length", 1, "error", "022", "An ISA element does not have its fixed length."),
    (
        "delimiters_unusable",
        1,
        "error",
        "026",
        "The separators in the ISA segment are equal or letters.",
    ),
    (
        "interchange_version_unknown",
        1,
        "error",
        "017",
        "ISA12 names a version that is not supported.",
    ),
    (
        "isa_element_invalid",
        1,
        "error",
        "022",
        "An ISA element has a value that is not allowed there.",
    ),
    (
        "interchange_trailer_missing",
        1,
        "error",
        "023",
        "The interchange ends without an IEA segment.",
    ),
    (
        "interchange_control_number_mismatch",
        1,
        "error",
        "001",
        "IEA02 is not the control number in ISA13.",
    ),
    ("interchange_group_count", 1, "error", "021", "IEA01 is not the number of functional groups."),
    (
        "interchange_control_number_repeated",
        1,
        "error",
        "025",
        "ISA13 was used before in this file.",
    ),
    (
        "interchange_content_invalid",
        1,
        "error",
        "024",
        "A segment stands between the groups that may not.",
    ),
    ("segment_unterminated", 1, "error", "004", "The last segment has no segment terminator."),
    (
        "acknowledgment_misplaced",
        1,
        "warning",
        None,
        "A TA1 segment stands behind a functional group.",
    ),
    ("leading_blank", 1, "warning", None, "Blanks stand before segment identifiers."),
    ("line_end_varies", 1, "warning", None, "Segments do not all end with the same line end."),
)
_rules(
    "group",
    ("group_trailer_missing", 1, "error", "3", "The functional group ends without a GE segment."),
    ("group_control_number_mismatch", 1, "error", "4", "GE02 is not the control number in GS06."),
    ("group_transaction_count", 1, "error", "5", "GE01 is not the number of transaction sets."),
    (
        "group_control_number_repeated",
        1,
        "error",
        "19",
        "GS06 was used before in this interchange.",
    ),
    (
        "group_header_missing",
        1,
        "error",
        "6",
        "A transaction set stands outside a functional group.",
    ),
    (
        "group_element_invalid",
        1,
        "error",
        "6",
        "A GS or GE element is missing, too long or not allowed.",
    ),
    (
        "group_content_invalid",
        1,
        "error",
        "6",
        "A segment stands between transaction sets that may not.",
    ),
    ("group_guide_unknown", 2, "error", "2", "There is no guide for the version in GS08."),
)
_rules(
    "transaction",
    (
        "transaction_trailer_missing",
        1,
        "error",
        "2",
        "The transaction set ends without an SE segment.",
    ),
    (
        "transaction_control_number_mismatch",
        1,
        "error",
        "3",
        "SE02 is not the control number in ST02.",
    ),
    ("transaction_segment_count", 1, "error", "4", "SE01 is not the number of segments."),
    (
        "transaction_control_number_missing",
        1,
        "error",
        "7",
        "ST02 is missing or not 4 to 9 characters.",
    ),
    (
        "transaction_control_number_repeated",
        1,
        "error",
        "23",
        "ST02 was used before in this group.",
    ),
    (
        "transaction_set_unknown",
        1,
        "error",
        "1",
        "ST01 names a transaction set that the guide does not have.",
    ),
    ("transaction_set_missing", 1, "error", "6", "ST01 is missing or not three characters."),
    (
        "findings_suppressed",
        1,
        "warning",
        None,
        "More findings than are kept; the rest is only counted.",
    ),
    ("second_opinion_differs", 2, "warning", None, "The second validator judges differently."),
    ("unit_too_large", 1, "error", "5", "A business unit is larger than may be held in memory."),
)
_rules(
    "segment",
    (
        "segment_id_invalid",
        1,
        "error",
        "1",
        "The segment identifier is not 2 or 3 letters or digits.",
    ),
    ("segment_unknown", 2, "error", "6", "The guide has no segment with this identifier."),
    (
        "segment_unexpected",
        2,
        "error",
        "2",
        "The segment, or its qualifier, has no place here in the guide.",
    ),
    (
        "segment_out_of_sequence",
        2,
        "error",
        "7",
        "The segment belongs to this loop, but further up.",
    ),
    ("segment_required", 2, "error", "3", "A segment that the guide requires is missing."),
    ("loop_required", 2, "error", "3", "A loop that the guide requires is missing."),
    ("loop_repeat", 2, "error", "4", "The loop occurs more often than the guide allows."),
    ("segment_repeat", 2, "error", "5", "The segment occurs more often than the guide allows."),
    ("segment_not_used", 2, "error", "I4", "The guide marks this segment or loop as not used."),
    ("segment_empty", 1, "error", "8", "The segment has no data."),
    ("segment_too_long", 1, "error", "8", "The segment is longer than any segment may be."),
    (
        "trailing_separator",
        1,
        "warning",
        None,
        "Separators without data after them end the segment.",
    ),
    ("hl_sequence", 1, "error", "8", "HL01 is not the next number in the transaction set."),
    ("hl_parent", 1, "error", "8", "HL02 does not name an open hierarchical level above."),
    ("lx_sequence", 1, "error", "8", "LX01 is not the next number in its loop."),
)
_rules(
    "element",
    ("element_required", 2, "error", "1", "An element that the guide requires is missing."),
    ("element_conditional", 1, "error", "2", "A syntax note requires an element that is missing."),
    ("element_excluded", 1, "error", "10", "A syntax note forbids these elements together."),
    ("elements_too_many", 1, "error", "3", "The segment has more elements than the guide defines."),
    (
        "components_too_many",
        1,
        "error",
        "3",
        "The composite has more components than the guide defines.",
    ),
    (
        "element_not_composite",
        1,
        "error",
        "6",
        "The element has component separators, but is no composite.",
    ),
    ("repeats_too_many", 2, "error", "12", "The element repeats more often than the guide allows."),
    ("element_too_short", 1, "error", "4", "The element is shorter than its minimum length."),
    ("element_too_long", 1, "error", "5", "The element is longer than its maximum length."),
    (
        "element_character",
        1,
        "error",
        "6",
        "The element has a character that its type does not allow.",
    ),
    (
        "element_trailing_blanks",
        1,
        "error",
        "6",
        "The element ends with blanks that it does not need.",
    ),
    (
        "character_set",
        1,
        "error",
        "6",
        "The element has characters outside the X12 character sets.",
    ),
    ("element_code", 2, "error", "7", "The guide does not allow this code."),
    ("element_external_code", 5, "error", "7", "The code is not in the external code list."),
    (
        "element_pattern",
        2,
        "error",
        "I12",
        "The value does not have the form that the guide asks for.",
    ),
    ("element_date", 1, "error", "8", "The value is no date of the stated format."),
    ("element_time", 1, "error", "9", "The value is no time."),
    ("element_not_used", 2, "error", "I10", "The guide marks this element as not used."),
)
_rules(
    "transaction",
    (
        "json_member_unknown",
        1,
        "error",
        None,
        "The JSON document has a member that the guide does not have.",
    ),
    (
        "json_shape",
        1,
        "error",
        None,
        "A JSON value does not have the shape that the guide gives it.",
    ),
    ("json_guide_unknown", 2, "error", None, "The JSON document names a guide that is not there."),
    ("json_value_disagrees", 1, "error", None, "A given number disagrees with the computed one."),
    ("json_envelope_incomplete", 1, "error", None, "Interchange or group values are missing."),
    (
        "json_value_separator",
        1,
        "error",
        None,
        "A value contains one of the interchange's separators.",
    ),
)
