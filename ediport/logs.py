"""Logs: one JSON object a line, made by an allow-list, so that no PHI can slip in.

Rules of this room:
- A line has an event name from the code and members from `ALLOWED`; anything else is dropped and counted in
  `dropped`. Values are ids, codes, counts and positions: a text that does not look like one is masked.
- An exception is its class and the places it passed through. Its text appears only where the exception is
  ediport's own (`EdiportError`), because those never hold document values.
- Lines of other libraries keep their logger, level and place in the source; their text is not ours to
  trust.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO

import structlog

from ediport.x12.errors import EdiportError

ALLOWED: Final = frozenset(
    {
        "accepted",
        "answer",
        "answers",
        "attempt",
        "attempts",
        "bytes",
        "cause",
        "code",
        "control_number",
        "count",
        "delay_s",
        "denied",
        "digest",
        "duration_ms",
        "exit_code",
        "file_state",
        "findings",
        "guide",
        "host",
        "http_status",
        "idempotency_key",
        "interchange",
        "kind",
        "level",
        "loop_path",
        "outcome",
        "partner",
        "pid",
        "place",
        "port",
        "position",
        "process",
        "queue",
        "record",
        "records",
        "rejected",
        "requester",
        "rule",
        "segment_in_file",
        "segment_ordinal",
        "sent",
        "service",
        "signal",
        "state",
        "submitter",
        "transaction_id",
        "transaction_set",
        "units",
        "worker",
        "workers",
    }
)
"""Members that a log line may have, beside `time`, `log`, `event` and what describes an exception."""

value_chars_max: Final = 200
frames_max: Final = 12

_LEGIBLE: Final = re.compile(r"[A-Za-z0-9_.:/#+\-]*")
_EVENT: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MASK: Final = "***"
_OWN_LOGGERS: Final = ("ediport.", "services.")

Log = structlog.typing.FilteringBoundLogger
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def get(service: str) -> Log:
    """The log of a service or of a part of it: `log.info("units_sent", partner=..., count=...)`.

    Masked lines are all it ever writes, also in a process that has configured nothing.
    """
    logger: Log = structlog.wrap_logger(
        None, processors=[structlog.processors.add_log_level, _to_line], service=service
    )
    return logger


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log of this process, other libraries' too, as JSON lines to `stream` (standard error)."""
    target = stream or sys.stderr
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


def masked(value: object) -> object:
    """The value as it may stand in a line: numbers as they are, texts only when they look like an id or code."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(masked(str(k))): masked(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(v) for v in value]
    text = str(value)
    return text if len(text) <= value_chars_max and _LEGIBLE.fullmatch(text) else _MASK


def _to_line(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    """The last processor: the allow-listed members of the event as one line of JSON."""
    name = str(event.pop("event", ""))
    level = event.pop("level", "info")
    problem = event.pop("exc_info", None)
    line: dict[str, object] = {
        "time": _now(),
        "log": level,
        "event": name if _EVENT.fullmatch(name) else _MASK,
    }
    line |= {key: masked(value) for key, value in event.items() if key in ALLOWED}
    dropped = sum(key not in ALLOWED for key in event)
    if dropped:
        line["dropped"] = dropped
    if problem:
        line |= _described(problem if isinstance(problem, tuple) else sys.exc_info())
    return json.dumps(line)


def _described(problem: Any) -> dict[str, object]:
    kind, error, trace = problem
    if error is None:
        return {}
    chain = [type(e).__name__ for e in _causes(error)]
    own = [str(e) for e in _causes(error) if isinstance(e, EdiportError)]
    frames = traceback.extract_tb(trace)[-frames_max:]
    at = [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": kind.__name__, "error_chain": chain, "reason": own[:1], "at": at}


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return found


def _module(filename: str) -> str:
    """The last two parts of a path: enough to find the line, nothing about the machine."""
    return "/".join(filename.split("/")[-2:])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _LibraryFormatter(logging.Formatter):
    """Lines of the standard library's logging: where they come from, never what others say.

    Rooms of ediport below the services log that way too; their text is a constant of the code, and
    its arguments are masked one by one.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _now(),
            "log": record.levelname.lower(),
            "event": "library",
            "service": record.name,
            "at": [f"{_module(record.pathname)}:{record.lineno} {record.funcName}"],
        }
        if record.name.startswith(_OWN_LOGGERS) and isinstance(record.msg, str):
            line["text"] = record.msg
            line["arguments"] = [_words(value) for value in _listed(record.args)]
        if record.exc_info:
            line |= _described(record.exc_info)
        return json.dumps(line)


def _listed(arguments: object) -> list[object]:
    return list(arguments) if isinstance(arguments, tuple) else [arguments] if arguments else []


def _words(value: object) -> object:
    """As `masked`, word by word: our rooms say `KeyError at walker.py:120`."""
    if not isinstance(value, str):
        return masked(value)
    return " ".join(str(masked(word)) for word in value.split(" "))
