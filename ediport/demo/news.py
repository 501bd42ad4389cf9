"""What happens, in words: the services' logs, read as they grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any, Final

_WORDS: Final = {
    "service_started": "{service} is up",
    "file_done": "a file of {submitter} is {outcome}: {units} claims go on, {rejected} rows don't",
    "file_repeated": "a file of {submitter} came before; answered, not processed",
    "interchange_built": "interchange {control_number} for {partner}: {units} claims, validated",
    "interchange_delivered": "interchange {control_number} lies in the outbox for {partner}",
    "units_rejected": "{count} claims do not validate: {rule}",
    "partner_file_taken": "a file from {partner} is {outcome}",
    "partner_file_read": "{answers} answers of {partner} are entered",
    "answers_delivered": "{count} answers are with the requester",
    "answer_parked": "an answer of {partner} fits no claim; parked",
    "callback_failed": "a callback was not taken ({code}), try {attempt}",
    "loop_failed": "{service} failed in {process} ({error}) and is started again",
    "file_set_aside": "a file of {submitter} could not be handled; set aside",
}
"""By event name. What has no words here is not shown."""


class News:
    """Follows all logs of a home folder; each call of `latest` goes on where the last one ended."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._offsets: dict[Path, int] = {
            path: path.stat().st_size for path in logs.glob("*.jsonl")
        }

    def latest(self) -> list[str]:
        """New lines since the last call, in words, in the order of their times."""
        found = [row for path in self._logs.glob("*.jsonl") for row in self._rows(path)]
        found.sort(key=lambda row: str(row.get("time", "")))
        return [line for row in found if (line := in_words(row))]

    def _rows(self, path: Path) -> Iterator[dict[str, Any]]:
        with path.open("rb") as file:
            file.seek(self._offsets.get(path, 0))
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offsets[path] = self._offsets.get(path, 0) + len(whole)
        for line in whole.splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def in_words(row: dict[str, Any]) -> str:
    """One log line as a sentence; empty for events that are not worth one."""
    words = _WORDS.get(str(row.get("event", "")), "")
    names = [name for _, name, _, _ in Formatter().parse(words) if name]
    if not words or any(row.get(name, "") == "" for name in names):
        return ""
    time = str(row.get("time", ""))[11:19]
    service = str(row.get("service", "")).rpartition(".")[2]
    return f"{time} {service:<10} {words.format(**row)}"
