"""The child process in which pyx12 judges X12: `python -m ediport.guides.pyx12_worker`.

Rules of this room: only `ediport.guides.second_opinion` starts it. A request is a message of X12 bytes
(`framing`), the answer a message with a JSON object. No document value leaves this process: what pyx12 prints or
logs goes nowhere, and answers hold positions and codes only. It ends when its input does.
"""

from __future__ import annotations

import codecs
import functools
import io
import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar, Final

import pyx12.error_handler
import pyx12.errors
import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

from ediport.guides.framing import read_message, write_message

memory_bytes_max: Final = 2_147_483_648
"""Address space of this process; a document that needs more gets no opinion."""

errors_kept_max: Final = 100
"""Errors kept of one transaction set, and of all envelopes together."""

_ISA: Final = "ISA"

_PARAMETERS: Final = pyx12.params.ParamsBase()
"""One for all documents: maps are kept by it."""


def judge(x12: bytes) -> dict[str, Any]:
    """What pyx12 makes of one file: `outcome`, errors of its `envelope`, and its transaction `sets`."""
    text = _text(x12)
    if not text.startswith(_ISA):
        return {"outcome": "not_x12", "is_accepted": False, "envelope": [], "sets": []}
    outcome, is_accepted = _run(text)
    root = _Recorded.latest
    return {
        "outcome": outcome,
        "is_accepted": is_accepted,
        "envelope": list(_envelope_errors(root))[:errors_kept_max],
        "sets": list(_sets(root)),
    }


def _text(x12: bytes) -> str:
    """One character a byte, as the engine counts lengths too; pyx12 itself fails on anything but ASCII."""
    if x12.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return x12.decode("utf-16", errors="replace")
    return x12.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _run(text: str) -> tuple[str, bool]:
    """Outcome and verdict; the tree of errors is in `_Recorded.latest` afterwards."""
    _Recorded.latest = None
    original, pyx12.error_handler.err_handler = pyx12.error_handler.err_handler, _Recorded
    source = io.StringIO(text, newline="")
    try:
        is_accepted = pyx12.x12n_document.x12n_document(_PARAMETERS, source, None, None)
    except pyx12.errors.EngineError as error:
        return ("no_guide" if str(error).startswith("Map not found") else "crashed"), False
    except Exception:  # noqa: BLE001 - whatever it raises, it is no opinion
        return "crashed", False
    finally:
        pyx12.error_handler.err_handler = original
    has_begun = _Recorded.latest is not None and bool(_Recorded.latest.children)
    return ("answered" if has_begun else "not_x12"), is_accepted


class _Recorded(pyx12.error_handler.err_handler):  # type: ignore[misc]  # pyx12 has no types
    """pyx12's own error handler, kept where it can be found even when pyx12 fails half-way."""

    latest: ClassVar[Any] = None

    def __init__(self) -> None:
        super().__init__()
        _Recorded.latest = self


def _envelope_errors(root: Any) -> Iterator[dict[str, Any]]:
    for interchange, isa in enumerate(root.children if root else (), start=1):
        place = {"interchange": interchange, "group": 0}
        yield from ({"level": "interchange", **place, **error} for error in _own_errors(isa))
        for group, gs in enumerate(isa.children, start=1):
            place = {"interchange": interchange, "group": group}
            yield from ({"level": "group", **place, **error} for error in _own_errors(gs))


def _own_errors(node: Any) -> Iterator[dict[str, Any]]:
    """Errors of an envelope segment itself and of its elements."""
    for error in node.errors:
        yield {"segment_id": node.id, "code": _code(error)}
    yield from _element_errors(node, node.id)


def _sets(root: Any) -> Iterator[dict[str, Any]]:
    for interchange, isa in enumerate(root.children if root else (), start=1):
        for group, gs in enumerate(isa.children, start=1):
            for transaction, st in enumerate(gs.children, start=1):
                place = {"interchange": interchange, "group": group, "transaction": transaction}
                yield place | _set(st)


def _set(st: Any) -> dict[str, Any]:
    errors = list(_set_errors(st))
    return {
        "control_number": st.trn_set_control_num or "",
        "is_complete": st.cur_line_se is not None,
        "errors": errors[:errors_kept_max],
        "error_count": len(errors),
    }


def _set_errors(st: Any) -> Iterator[dict[str, Any]]:
    """Those of elements first: what pyx12 says of their segment is often only that there are some."""
    for error in _own_errors(st):
        level = "element" if "element" in error else "transaction"
        yield {"level": level, "segment_ordinal": 1 if level == "element" else 0, **error}
    for segment in st.children:
        place = {"segment_ordinal": segment.seg_count or 0}
        for element in _element_errors(segment, segment.seg_id or ""):
            yield {"level": "element", **place, **element}
        for error in segment.errors:
            code = {"segment_id": segment.seg_id or "", "code": _code(error)}
            yield {"level": "segment", **place, **code}


def _element_errors(node: Any, segment_id: str) -> Iterator[dict[str, Any]]:
    for element in node.elements:
        for error in element.errors:
            yield {
                "segment_id": segment_id,
                "element": element.ele_pos,
                "component": element.subele_pos,
                "code": _code(error),
            }


def _code(error: Any) -> str:
    return str(error[0])


def _private_output() -> BinaryIO:
    """The pipe to the parent; standard output and error themselves lead nowhere from now on."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    return answers


def _contain() -> None:
    """Limits what pyx12 can do: memory, log lines (they hold values), and a map read for every document."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes_max, memory_bytes_max))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    pyx12.map_if.load_map_file = functools.cache(pyx12.map_if.load_map_file)


def main() -> None:
    answers = _private_output()
    _contain()
    while (x12 := read_message(sys.stdin.buffer)) is not None:
        write_message(answers, json.dumps(judge(x12)).encode())


if __name__ == "__main__":
    main()
