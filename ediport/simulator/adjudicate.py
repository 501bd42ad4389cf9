"""Decides claims. Pure: the claim, the seed and the rules below are all that a decision depends on.

What a claim gets can be chosen by its content:

| in the claim | answer |
| --- | --- |
| member id begins with `REJ` | 277CA rejects it (A7:164:IL) |
| charge is not the sum of the lines | 277CA rejects it (A7:178) |
| member id begins with `PEND` | 277CA accepts it; an 835 never comes |
| charge ends in .13 | denied, no authorization (CO 197) |
| charge ends in .29 | denied, duplicate (OA 18) |
| charge ends in .17 | nothing paid, all is deductible (PR 1) |
| charge ends in .19 | first line denied (CO 97), the others as usual |
| charge ends in .23 | paid in full |
| charge ends in .37 | as usual, and interest is paid (PLB L6) |
| charge ends in .41 | as usual, and an overpayment is taken back (PLB WO) |
| anything else | as usual: contractual (CO 45), coinsurance (PR 2), the rest paid |

Reason codes: CARC; status codes: the claim status category and claim status code lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ediport.simulator.claims import CENT, Claim, ServiceLine

ZERO: Final = Decimal("0.00")

interest_amount: Final = Decimal("5.00")
recovery_amount_max: Final = Decimal("10.00")

coinsurance_rate: Final = Decimal("0.10")
allowed_rates: Final = tuple(Decimal(percent) / 100 for percent in (70, 75, 80, 85, 90))
"""What share of a charge is allowed; a procedure always gets the same one under the same seed."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A CAS triple: group, reason, amount."""

    group: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineDecision:
    """A line's payment; charge = paid + sum of adjustments."""

    line: ServiceLine
    paid: Decimal
    adjustments: tuple[Adjustment, ...]
    remark: str = ""

    @property
    def allowed(self) -> Decimal:
        """What is paid plus what the patient owes."""
        owed = sum((a.amount for a in self.adjustments if a.group == "PR"), ZERO)
        return self.paid + owed


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """A PLB pair: reason and amount; a positive amount is taken from the payment."""

    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a claim.

    `status` holds STC01-1 to STC01-3 of the 277CA; `claim_status` is CLP02; a claim that is not
    accepted, or pended, has no lines.
    """

    claim: Claim
    payer_claim_number: str
    accepted: bool
    status: tuple[str, ...]
    pended: bool = False
    claim_status: str = ""
    lines: tuple[LineDecision, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()

    @property
    def is_final(self) -> bool:
        """True when an 835 reports it."""
        return self.accepted and not self.pended

    @property
    def paid(self) -> Decimal:
        return sum((line.paid for line in self.lines), ZERO)

    @property
    def patient_responsibility(self) -> Decimal:
        adjustments = (a for line in self.lines for a in line.adjustments)
        return sum((a.amount for a in adjustments if a.group == "PR"), ZERO)


_ACCEPTED: Final = ("A2", "20")
_MEMBER_UNKNOWN: Final = ("A7", "164", "IL")
_CHARGES_DIFFER: Final = ("A7", "178")
_DENIED: Final = "4"
_PROCESSED_AS: Final = {"P": "1", "S": "2", "T": "3"}


def adjudicate(claim: Claim, *, seed: int = 0) -> Decision:
    """The decision on a claim; the same for the same claim and seed."""
    number = payer_claim_number(claim, seed)
    fault = _front_end_fault(claim)
    if fault is not None:
        return Decision(claim, number, accepted=False, status=fault)
    if claim.subscriber.id.upper().startswith("PEND"):
        return Decision(claim, number, accepted=True, status=_ACCEPTED, pended=True)
    lines = _RULES.get(_cents(claim), _as_usual)(claim, seed)
    paid = sum((line.paid for line in lines), ZERO)
    return Decision(
        claim,
        number,
        accepted=True,
        status=_ACCEPTED,
        claim_status=_claim_status(claim),
        lines=lines,
        provider_adjustments=_provider_adjustments(claim, paid),
    )


def payer_claim_number(claim: Claim, seed: int) -> str:
    """The payer's own number for a claim: the same claim always gets the same one."""
    dates = claim.service_from, claim.service_to
    name = (claim.control_number, claim.batch, claim.provider.name.id, str(claim.charge), *dates)
    return f"PC{_hash(seed, *name) % 10**12:012d}"


def _front_end_fault(claim: Claim) -> tuple[str, ...] | None:
    if claim.subscriber.id.upper().startswith("REJ"):
        return _MEMBER_UNKNOWN
    if not claim.lines or sum((line.charge for line in claim.lines), ZERO) != claim.charge:
        return _CHARGES_DIFFER
    return None


def _cents(claim: Claim) -> int:
    return int(claim.charge * 100) % 100


def _claim_status(claim: Claim) -> str:
    if _cents(claim) in _DENYING:
        return _DENIED
    return _PROCESSED_AS.get(claim.payer_responsibility, "1")


def _as_usual(claim: Claim, seed: int) -> tuple[LineDecision, ...]:
    return tuple(_priced(line, seed) for line in claim.lines)


def _priced(line: ServiceLine, seed: int) -> LineDecision:
    rate = allowed_rates[_hash(seed, *line.procedure[:2]) % len(allowed_rates)]
    allowed = _rounded(line.charge * rate)
    coinsurance = _rounded(allowed * coinsurance_rate)
    adjustments = (
        Adjustment("CO", "45", line.charge - allowed),
        Adjustment("PR", "2", coinsurance),
    )
    return LineDecision(line, allowed - coinsurance, _nonzero(adjustments))


def _denied(
    group: str, reason: str, remark: str
) -> Callable[[Claim, int], tuple[LineDecision, ...]]:
    def decide(claim: Claim, _: int) -> tuple[LineDecision, ...]:
        return tuple(_refused(line, group, reason, remark) for line in claim.lines)

    return decide


def _refused(line: ServiceLine, group: str, reason: str, remark: str) -> LineDecision:
    whole = (Adjustment(group, reason, line.charge),)
    return LineDecision(line, ZERO, _nonzero(whole), remark)


def _deductible(claim: Claim, _: int) -> tuple[LineDecision, ...]:
    return tuple(_refused(line, "PR", "1", "") for line in claim.lines)


def _first_line_denied(claim: Claim, seed: int) -> tuple[LineDecision, ...]:
    first, *others = claim.lines
    return (_refused(first, "CO", "97", "M15"), *(_priced(line, seed) for line in others))


def _in_full(claim: Claim, _: int) -> tuple[LineDecision, ...]:
    return tuple(LineDecision(line, line.charge, ()) for line in claim.lines)


_RULES: Final[Mapping[int, Callable[[Claim, int], tuple[LineDecision, ...]]]] = {
    13: _denied("CO", "197", "N54"),
    29: _denied("OA", "18", "N522"),
    17: _deductible,
    19: _first_line_denied,
    23: _in_full,
}
_DENYING: Final = frozenset({13, 29})
_INTEREST_CENTS: Final = 37
_RECOVERY_CENTS: Final = 41


def _provider_adjustments(claim: Claim, paid: Decimal) -> tuple[ProviderAdjustment, ...]:
    """Interest is added to the payment; no more is taken back than the claim itself pays."""
    if _cents(claim) == _INTEREST_CENTS:
        return (ProviderAdjustment("L6", -interest_amount),)
    recovered = min(recovery_amount_max, paid)
    if _cents(claim) == _RECOVERY_CENTS and recovered > ZERO:
        return (ProviderAdjustment("WO", recovered),)
    return ()


def _nonzero(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(adjustment for adjustment in adjustments if adjustment.amount != ZERO)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _hash(seed: int, *parts: str) -> int:
    text = "\x1f".join((str(seed), *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
