"""Reads agreements from files and says what is wrong with them, and what to do.

A problem names the file, the place (JSON pointer, RFC 6901), the fault and the remedy. It never
repeats the value: somebody may have put a password where a reference belongs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from ediport.partners.agreement import (
    Acknowledgments,
    AcknowledgmentsSent,
    Agreement,
    Authorization,
    Batching,
    Callback,
    FolderTransport,
    GuideUse,
    InterchangeValues,
    Party,
    Retention,
    Security,
)
from ediport.resources import schemas_folder
from ediport.x12.delimiters import Delimiters
from ediport.x12.errors import EdiportError
from ediport.x12.rules import RULES

file_bytes_max: Final = 1_048_576
"""An agreement larger than this is a file of another kind."""

suffixes: Final = (".yaml", ".yml", ".json")
"""Names of agreement files end with one of these."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one file: `pointer` is empty for the whole file."""

    file: str
    pointer: str
    fault: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}{'#' + self.pointer if self.pointer else ''}"
        return f"{place}: {self.fault} {self.remedy}".rstrip()


class AgreementError(EdiportError):
    """Agreements can't be used as they are; `problems` holds every one found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def load(path: Path) -> Agreement:
    """The agreement in a file; raises AgreementError."""
    return parse(_read(path), path.name)


def parse(text: str, file: str) -> Agreement:
    """The agreement in a text (YAML, of which JSON is a part); `file` names it in problems."""
    data = _yaml(text, file)
    problems = [_problem(error, file) for error in _validator().iter_errors(data)]
    if problems:
        raise AgreementError(sorted(problems, key=lambda problem: problem.pointer))
    problems = [Problem(file, *row) for row in _inconsistencies(data)]
    if problems:
        raise AgreementError(problems)
    return _agreement(data)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(file_bytes_max + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise _single(path.name, f"The file can't be read ({reason}).", "") from error
    except UnicodeDecodeError as error:
        raise _single(path.name, "The file is not UTF-8 text.", "Save it as UTF-8.") from error
    if len(raw) > file_bytes_max:
        raise _single(path.name, "The file is too large for an agreement.", "")
    return text


def _single(file: str, fault: str, remedy: str) -> AgreementError:
    return AgreementError([Problem(file, "", fault, remedy)])


class _Loader(yaml.SafeLoader):
    """YAML without repeated keys and without aliases, which could make a small file a huge one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not taken here", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem="the same key stands here twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _yaml(text: str, file: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        fault = f"The file is no YAML{where}: {error.problem}."
        raise _single(file, fault, "Correct the line.") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _single(file, "The file is no YAML.", "Save it as plain YAML text.") from error


@cache
def _validator() -> Draft202012Validator:
    path = schemas_folder() / "partners" / "agreement.schema.json"
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def _pointer(parts: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _problem(error: ValidationError, file: str) -> Problem:
    """The problem of one schema error, in our own words: those of the validator quote the value."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    instance: Any = error.instance
    fault = _FAULTS.get(str(error.validator), "The value is not allowed.")
    remedy = f"Expected: {schema['description']}" if "description" in schema else ""
    if error.validator == "required":
        missing = sorted(set(schema["required"]) - set(instance))
        fault, remedy = f"Missing: {', '.join(missing)}.", "Add it."
    elif error.validator == "additionalProperties":
        known = sorted(schema.get("properties", {}))
        unknown = sorted(str(name) for name in instance if name not in known)
        fault, remedy = f"Unknown: {', '.join(unknown)}.", f"Known here: {', '.join(known)}."
    elif schema.get("type") == "string" and isinstance(instance, int | float):
        fault = "The value is read as a number or yes/no, not as text."
        remedy = f"Put it in quotes. {remedy}"
    return Problem(file, _pointer(list(error.absolute_path)), fault, remedy.strip())


_FAULTS: Final = {
    "type": "The value is of the wrong kind.",
    "pattern": "The value does not have the form it must have.",
    "minLength": "The value is too short.",
    "maxLength": "The value is too long.",
    "minItems": "The list is empty.",
    "uniqueItems": "The list has the same value twice.",
    "propertyNames": "A name here is not one of those that may be used.",
}


def _inconsistencies(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a schema can't say: pointer, fault, remedy."""
    yield from _separator_faults(data)
    yield from _guide_faults(data["guides"])
    yield from _callback_faults(data.get("callbacks", []))
    yield from _severity_faults(data.get("severities", {}))
    if data["transport"]["outbox"] == data["transport"]["inbox"]:
        yield "/transport/inbox", "The inbox is the outbox.", "Give each its own folder."
    same = ("qualifier", "interchange_id")
    if all(data["ours"][name] == data["theirs"][name] for name in same):
        yield "/theirs", "Both sides have the same interchange id.", "Give each side its own."


def _separator_faults(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    delimiters = _delimiters(data.get("separators", {}))
    if not delimiters.is_usable() or delimiters.segment == b"\r":
        yield "/separators", "Two separators are the same, or one is unusable.", "Change one."
    if delimiters.line_end.startswith(delimiters.segment):
        remedy = "Leave line_end empty: the segment separator ends the line already."
        yield "/separators/line_end", "The line end begins with the segment separator.", remedy
    used = (delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment)
    for side in ("ours", "theirs"):
        for name, value in data[side].items():
            if any(separator in value.encode() for separator in used):
                remedy = "Choose separators that no identifier contains."
                yield f"/{side}/{name}", "The value contains one of the separators.", remedy


def _guide_faults(guides: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    seen: set[tuple[str, str, str]] = set()
    for index, use in enumerate(guides):
        for version in (use["guide"], *use.get("aliases", [])):
            key = (use["transaction_set"], use["direction"], version)
            if key in seen:
                fault = "A version is named twice for the same transaction set and direction."
                yield f"/guides/{index}", fault, "Name it in one row only."
            seen.add(key)


def _callback_faults(callbacks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for index, callback in enumerate(callbacks):
        if callback["requester"] in seen:
            remedy = "Keep one of the rows."
            yield f"/callbacks/{index}/requester", "The requester has two callbacks.", remedy
        seen.add(callback["requester"])


def _severity_faults(severities: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for rule_id in severities:
        if rule_id not in RULES:
            close = get_close_matches(rule_id, RULES, n=1)
            remedy = f"Did you mean {close[0]}?" if close else "Use the id of a rule."
            yield _pointer(["severities", rule_id]), "There is no rule of this id.", remedy


def _delimiters(separators: Mapping[str, str]) -> Delimiters:
    return Delimiters(**{name: value.encode("ascii") for name, value in separators.items()})


def _agreement(data: Mapping[str, Any]) -> Agreement:
    return Agreement(
        partner=data["partner"],
        name=data["name"],
        usage=data["usage"],
        payer_ids=tuple(data["payer_ids"]),
        ours=Party(**data["ours"]),
        theirs=Party(**data["theirs"]),
        guides=tuple(_guide_use(use) for use in data["guides"]),
        transport=FolderTransport(**data["transport"]),
        interchange=_interchange(data.get("interchange", {})),
        delimiters=_delimiters(data.get("separators", {})),
        acknowledgments=_acknowledgments(data.get("acknowledgments", {})),
        batching=Batching(**data.get("batching", {})),
        second_opinion=data.get("second_opinion", False),
        severities=dict(data.get("severities", {})),
        callbacks=tuple(Callback(**callback) for callback in data.get("callbacks", [])),
        retention=Retention(**data.get("retention", {})),
    )


def _guide_use(use: Mapping[str, Any]) -> GuideUse:
    return GuideUse(**{**use, "aliases": tuple(use.get("aliases", []))})


def _interchange(values: Mapping[str, Any]) -> InterchangeValues:
    return InterchangeValues(
        **{
            **values,
            "authorization": Authorization(**values.get("authorization", {})),
            "security": Security(**values.get("security", {})),
        }
    )


def _acknowledgments(values: Mapping[str, Any]) -> Acknowledgments:
    expected = values.get("expected", {})
    sent = values.get("sent", {})
    return Acknowledgments(
        late_after_s={kind: row["late_after_s"] for kind, row in expected.items()},
        sent=AcknowledgmentsSent(
            ta1=sent.get("TA1", "always"), implementation_999=sent.get("999", "always")
        ),
    )
