"""An agreement as the writer's envelope: ISA and GS values, separators and control numbers.

ISA13, GS06 and ST02 come from control numbers, ISA11 and ISA16 from the separators, GS01 and GS08
from each document's guide; everything else is the agreement's. Values of ISA are as long as the
segment has them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from ediport.partners.agreement import Agreement, Security
from ediport.x12.envelope import GROUP_KEYS, INTERCHANGE_KEYS, INTERCHANGE_LENGTHS
from ediport.x12.errors import Defect
from ediport.x12.writer import ControlNumbers, Envelope

Secrets = Callable[[str], str]
"""Gives the secret of a reference (`secret:<name>`)."""

RESPONSIBLE_AGENCY: Final = "X"
"""GS07: the Accredited Standards Committee X12."""


def envelope(
    agreement: Agreement,
    *,
    at: datetime,
    control_numbers: ControlNumbers,
    secrets: Secrets | None = None,
) -> Envelope:
    """The envelope of an interchange that we send at `at` (ISA09, ISA10, GS04, GS05; as it is,
    unconverted).

    Raises Defect when the agreement names a password and `secrets` is not given.
    """
    return Envelope(
        interchange=_interchange(agreement, at, secrets),
        group=_group(agreement, at),
        delimiters=agreement.delimiters,
        control_numbers=control_numbers,
    )


def _interchange(agreement: Agreement, at: datetime, secrets: Secrets | None) -> dict[str, str]:
    values = agreement.interchange
    ours, theirs = agreement.ours, agreement.theirs
    elements = {
        1: values.authorization.qualifier,
        2: values.authorization.information,
        3: values.security.qualifier,
        4: _password(values.security, secrets),
        5: ours.qualifier,
        6: ours.interchange_id,
        7: theirs.qualifier,
        8: theirs.interchange_id,
        9: at.strftime("%y%m%d"),
        10: at.strftime("%H%M"),
        12: values.version,
        14: "1" if values.acknowledgment_requested else "0",
        15: agreement.usage_indicator,
    }
    return {
        INTERCHANGE_KEYS[position - 1]: value.ljust(INTERCHANGE_LENGTHS[position - 1])
        for position, value in elements.items()
    }


def _password(security: Security, secrets: Secrets | None) -> str:
    if security.password is None:
        return ""
    if secrets is None:
        raise Defect("the agreement names a password, but no secrets are given")
    return secrets(security.password)


def _group(agreement: Agreement, at: datetime) -> dict[str, str]:
    elements = {
        2: agreement.ours.application_code,
        3: agreement.theirs.application_code,
        4: at.strftime("%Y%m%d"),
        5: at.strftime("%H%M"),
        7: RESPONSIBLE_AGENCY,
    }
    return {GROUP_KEYS[position - 1]: value for position, value in elements.items()}
