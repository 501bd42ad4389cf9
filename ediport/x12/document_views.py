"""Small views of a canonical document for the writer: header values, separators, trailers that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ediport.x12.delimiters import Delimiters
from ediport.x12.generic import REPEATS_KEY
from ediport.x12.plan import Plan


def encode_segment(text: str, delimiters: Delimiters) -> tuple[bytes, bool]:
    """UTF-8, or Latin-1 where a separator is no ASCII byte (as it was read); and whether nothing is lost."""
    used = delimiters.element + delimiters.component + delimiters.repetition + delimiters.segment
    encoding = "utf-8" if used.isascii() else "latin-1"
    data = text.encode(encoding, "replace")
    return data, data.decode(encoding) == text


def string_members(source: Mapping[str, Any], keys: Iterable[str]) -> dict[str, str]:
    """Members that are there and are strings."""
    return {key: source[key] for key in keys if isinstance(source.get(key), str)}


def separators_of(kept: Mapping[str, Any], values: Mapping[str, str]) -> Delimiters | None:
    """Separators as `_separators` keeps them, else as ISA11 and ISA16 say, else the usual ones.

    None where they are not single bytes, or where the ISA could not be found again with them.
    """
    usual = Delimiters()
    repetition = values.get("repetition_separator_11", "")
    component = values.get("component_element_separator_16", "")
    found = {
        "element": usual.element.decode(),
        "component": component or usual.component.decode(),
        "repetition": "" if repetition.isalnum() else repetition or usual.repetition.decode(),
        "segment": usual.segment.decode(),
        "line_end": "",
    }
    found.update({k: v for k, v in kept.items() if k in found and isinstance(v, str)})
    try:
        made = Delimiters(**{name: text.encode("latin-1") for name, text in found.items()})
    except UnicodeEncodeError:
        return None
    are_single = all(len(s) == 1 for s in (made.element, made.component, made.segment))
    is_good = are_single and len(made.repetition) <= 1 and not made.line_end.strip(b"\r\n")
    return made if is_good and not made.element.isalnum() else None


def trailer_elements(trailers: Any, name: str) -> list[str] | None:
    """Elements of a trailer that `_trailers` keeps, or None."""
    value = trailers.get(name) if isinstance(trailers, Mapping) else None
    return [str(v) for v in value] if isinstance(value, list) else None


def trailer_rows(trailers: Any, name: str) -> list[list[Any]]:
    """Segments that `_trailers` keeps, as lists of elements."""
    value = trailers.get(name) if isinstance(trailers, Mapping) else None
    return [row for row in value if isinstance(row, list)] if isinstance(value, list) else []


_BLANKS: Final = " \t\r\n\x00\x1a"


def trailer_text(trailers: Any, name: str) -> str | None:
    """A text of blanks that `_trailers` keeps, or None."""
    value = trailers.get(name) if isinstance(trailers, Mapping) else None
    return value if isinstance(value, str) and not value.strip(_BLANKS) else None


def header_of(data: Any) -> Mapping[str, Any]:
    """The ST segment's object, found by its X12 id."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key.endswith("_ST") and isinstance(value, Mapping):
                return value
    return {}


def by_position(segment: Mapping[str, Any], position: str) -> str:
    """The element at a position (two digits) of a segment object; empty where it is missing."""
    return next((str(v) for k, v in segment.items() if k.endswith(f"_{position}")), "")


def transaction_set_of(data: Any) -> str | None:
    """ST01 of a transaction set, or None."""
    return by_position(header_of(data), "01") or None


def control_number_of(data: Any) -> str:
    """ST02 of a transaction set; empty where it is left out."""
    return by_position(header_of(data), "02")


def without_control_number(plan: Plan, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The transaction set without its own ST02 and SE, which are to be given anew."""
    opener = plan.root.opener
    header = data.get(opener.key)
    if isinstance(header, Mapping):
        header = {k: v for k, v in header.items() if not k.endswith("_02")}
    kept = {k: v for k, v in data.items() if k != opener.key and not k.endswith("_SE")}
    return {opener.key: header or {}, **kept}


def generic_element(element: Any, delimiters: Delimiters) -> str | None:
    """An element of a transaction set without a guide as X12 text; None where it has not the shape of one."""
    if isinstance(element, str):
        return element
    parts: list[str | None]
    if isinstance(element, list):
        separator, parts = (
            delimiters.component,
            [c if isinstance(c, str) else None for c in element],
        )
    else:
        repeats = element.get(REPEATS_KEY) if isinstance(element, Mapping) else None
        if not isinstance(repeats, list) or any(isinstance(r, Mapping) for r in repeats):
            return None
        separator, parts = delimiters.repetition, [generic_element(r, delimiters) for r in repeats]
    texts = [part for part in parts if part is not None]
    return separator.decode("latin-1").join(texts) if len(texts) == len(parts) else None
