"""All agreements of a site, found by partner, by payer identifier and by the ids of an interchange.

Two agreements that claim the same key are an error when the registry is made, not a surprise later.
Test and production with the same company are two partners (`summit`, `summit-test`), told apart by
ISA15.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ediport.partners.agreement import Agreement
from ediport.partners.agreement_file import AgreementError, Problem, load, suffixes

header_elements: Final = 16
"""ISA01 to ISA16."""

InterchangeIds = tuple[str, str, str, str, str]
"""ISA05, ISA06, ISA07, ISA08 and ISA15 of what the partner sends."""


class Registry:
    """Agreements by their keys. Never changed once made, so safe to share between threads."""

    def __init__(self, agreements: Mapping[str, Agreement] | Iterable[Agreement]) -> None:
        """From agreements by file name, or without names; raises AgreementError on conflicts."""
        named = _named(agreements)
        self.agreements: tuple[Agreement, ...] = tuple(named.values())
        problems: list[Problem] = []
        self._by_partner = _unique(_partners(named), problems, "partner", "/partner")
        self._by_payer = _unique(_payers(named), problems, "payer id", "/payer_ids")
        self._by_ids = _unique(_interchanges(named), problems, "interchange ids", "/theirs")
        if problems:
            raise AgreementError(problems)

    def __len__(self) -> int:
        return len(self.agreements)

    def __iter__(self) -> Iterator[Agreement]:
        return iter(self.agreements)

    def partner(self, partner: str) -> Agreement | None:
        """The agreement of a partner by its short name."""
        return self._by_partner.get(partner)

    def by_payer(self, payer_id: str) -> Agreement | None:
        """The agreement of the partner who answers for a payer identifier in a document."""
        return self._by_payer.get(payer_id.strip())

    def by_header(self, header: Sequence[str]) -> Agreement | None:
        """The agreement under which an interchange comes in, by ISA01 to ISA16 as they stand in the
        file.

        Sender and receiver must be the partner and us, and ISA15 the usage agreed on: a test file
        never counts as production. None where there is no such agreement.
        """
        if len(header) < header_elements:
            return None
        ids = (header[4], header[5], header[6], header[7], header[14])
        return self._by_ids.get(tuple(value.strip() for value in ids))


def load_folder(folder: Path) -> Registry:
    """The registry of all agreement files in a folder; AgreementError holds the problems of all."""
    agreements: dict[str, Agreement] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):
        if path.suffix in suffixes and not path.name.startswith("."):
            try:
                agreements[path.name] = load(path)
            except AgreementError as error:
                problems.extend(error.problems)
    if not agreements and not problems:
        fault = "The folder holds no agreement."
        problems.append(Problem(folder.name, "", fault, "Put one file a partner there."))
    if problems:
        raise AgreementError(problems)
    return Registry(agreements)


def _named(agreements: Mapping[str, Agreement] | Iterable[Agreement]) -> Mapping[str, Agreement]:
    if isinstance(agreements, Mapping):
        return agreements
    return {f"{number}:{one.partner}": one for number, one in enumerate(agreements, start=1)}


_Row = tuple[str, object, Agreement]


def _partners(named: Mapping[str, Agreement]) -> Iterator[_Row]:
    return ((file, agreement.partner, agreement) for file, agreement in named.items())


def _payers(named: Mapping[str, Agreement]) -> Iterator[_Row]:
    for file, agreement in named.items():
        for payer_id in agreement.payer_ids:
            yield file, payer_id.strip(), agreement


def _interchanges(named: Mapping[str, Agreement]) -> Iterator[_Row]:
    for file, agreement in named.items():
        theirs, ours = agreement.theirs, agreement.ours
        ids: InterchangeIds = (
            theirs.qualifier,
            theirs.interchange_id,
            ours.qualifier,
            ours.interchange_id,
            agreement.usage_indicator,
        )
        yield file, ids, agreement


def _unique(
    rows: Iterator[_Row], problems: list[Problem], what: str, pointer: str
) -> dict[object, Agreement]:
    owners: dict[object, str] = {}
    found: dict[object, Agreement] = {}
    for file, key, agreement in rows:
        if key in found:
            fault = f"{owners[key]} has the same {what}."
            problems.append(Problem(file, pointer, fault, "Take it out of one of them."))
        owners.setdefault(key, file)
        found.setdefault(key, agreement)
    return found
