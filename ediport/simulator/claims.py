"""A professional claim as the payer sees it: what adjudication and answers need of an 837P unit.

Values are kept as text as they came; amounts are decimals with two places. The objects hold PHI, so
they print as their kind only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from ediport.documents.paths import Document, Node, first, nodes, nodes_within, within

CENT: Final = Decimal("0.01")

_SUBSCRIBER: Final = "2000A/2000B"
_DEPENDENT: Final = "2000A/2000B/2000C"


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """NM102 to NM105, NM107 to NM109."""

    entity_type: str
    last: str
    first: str
    middle: str
    suffix: str
    id_qualifier: str
    id: str

    def __repr__(self) -> str:
        return "Name(***)"


@dataclass(frozen=True, slots=True, repr=False)
class Provider:
    """The billing provider: its name, and its tax id (REF*EI or REF*SY)."""

    name: Name
    tax_id: str

    def __repr__(self) -> str:
        return "Provider(***)"


@dataclass(frozen=True, slots=True, repr=False)
class ServiceLine:
    """A 2400 loop. `procedure` is SV101 without its description; dates are CCYYMMDD."""

    control_number: str
    procedure: tuple[str, ...]
    charge: Decimal
    units: str
    service_from: str
    service_to: str

    def __repr__(self) -> str:
        return "ServiceLine(***)"


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """A 2300 loop with what its ancestors say. `claim_number` is REF*D9, `batch` is BHT03."""

    control_number: str
    charge: Decimal
    facility: str
    frequency: str
    filing_indicator: str
    payer_responsibility: str
    claim_number: str
    batch: str
    submitter: Name
    provider: Provider
    subscriber: Name
    patient: Name
    rendering: Name | None
    payer_id: str
    lines: tuple[ServiceLine, ...]

    def __repr__(self) -> str:
        return "Claim(***)"

    @property
    def service_from(self) -> str:
        """CCYYMMDD."""
        return min((line.service_from for line in self.lines), default="")

    @property
    def service_to(self) -> str:
        """CCYYMMDD."""
        return max((line.service_to for line in self.lines), default="")


def amount(text: str) -> Decimal:
    """The amount with two places; zero where the text is no amount of money."""
    try:
        return Decimal(text).quantize(CENT)
    except InvalidOperation:
        return Decimal("0.00")


def read_claim(unit: Document) -> Claim:
    """The claim of an 837P unit (a document with one 2300 loop)."""
    is_dependent = next(nodes(unit, f"{_DEPENDENT}/2300"), None) is not None
    level = _DEPENDENT if is_dependent else _SUBSCRIBER
    subscriber = _name(unit, f"{_SUBSCRIBER}/2010BA/NM1")
    patient = _name(unit, f"{_DEPENDENT}/2010CA/NM1") if is_dependent else subscriber
    at = f"{level}/2300"
    return Claim(
        control_number=first(unit, f"{at}/CLM/01"),
        charge=amount(first(unit, f"{at}/CLM/02")),
        facility=first(unit, f"{at}/CLM/05-01"),
        frequency=first(unit, f"{at}/CLM/05-03"),
        filing_indicator=first(unit, f"{_SUBSCRIBER}/SBR/09"),
        payer_responsibility=first(unit, f"{_SUBSCRIBER}/SBR/01"),
        claim_number=first(unit, f"{at}/REF[D9]/02"),
        batch=first(unit, "BHT/03"),
        submitter=_name(unit, "1000A/NM1"),
        provider=_provider(unit),
        subscriber=subscriber,
        patient=patient,
        rendering=_rendering(unit, f"{at}/2310B/NM1"),
        payer_id=first(unit, f"{_SUBSCRIBER}/2010BB/NM1/09"),
        lines=tuple(_lines(unit, at)),
    )


def _name(unit: Document, path: str) -> Name:
    values = [first(unit, f"{path}/{position}") for position in _NAME_ELEMENTS]
    return Name(*values)


_NAME_ELEMENTS: Final = ("02", "03", "04", "05", "07", "08", "09")


def _rendering(unit: Document, path: str) -> Name | None:
    name = _name(unit, path)
    return name if name.id else None


def _provider(unit: Document) -> Provider:
    at = "2000A/2010AA"
    return Provider(
        name=_name(unit, f"{at}/NM1"),
        tax_id=first(unit, f"{at}/REF[EI|SY]/02"),
    )


def _lines(unit: Document, at: str) -> list[ServiceLine]:
    loops = nodes(unit, f"{at}/2400")
    return [_line(node, ordinal) for ordinal, node in enumerate(loops, start=1)]


def _line(node: Node, ordinal: int) -> ServiceLine:
    period = next(within(node, "DTP[472]/03"), "")
    service_from, _, service_to = period.partition("-")
    number = next(within(node, "REF[6R]/02"), "") or next(within(node, "LX/01"), str(ordinal))
    return ServiceLine(
        control_number=number,
        procedure=_procedure(node),
        charge=amount(next(within(node, "SV1/02"), "0")),
        units=next(within(node, "SV1/04"), "1"),
        service_from=service_from,
        service_to=service_to or service_from,
    )


def _procedure(node: Node) -> tuple[str, ...]:
    """Qualifier, code and modifiers; an 835 takes modifiers of two characters only."""
    composite = next(nodes_within(node, "SV1/01"), {})
    parts = [next(within(composite, position), "") for position in _PROCEDURE_COMPONENTS]
    return (*parts[:2], *(part for part in parts[2:] if len(part) == modifier_characters))


_PROCEDURE_COMPONENTS: Final = ("01", "02", "03", "04", "05", "06")

modifier_characters: Final = 2
"""Data element 1339."""
