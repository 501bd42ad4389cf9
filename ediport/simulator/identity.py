"""Who the simulated payer says it is: all invented, its telephone number of the 555-01xx range."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ediport.partners.agreement import Agreement
from ediport.simulator.claims import Name, Provider

name_characters_max: Final = 60
"""Data elements 1035 and 93."""


@dataclass(frozen=True, slots=True)
class PayerIdentity:
    """The payer's name, identifier in documents, and company id (TRN03: `1` and nine digits)."""

    name: str
    payer_id: str
    company_id: str
    street: str = "100 SIMULATOR WAY"
    city: str = "SPRINGFIELD"
    state: str = "IL"
    postal_code: str = "627010001"
    contact: str = "EDI DESK"
    telephone: str = "8005550100"


def identity_of(agreement: Agreement) -> PayerIdentity:
    """The payer behind an agreement (seen from our side); its company id follows from its name."""
    digest = hashlib.sha256(agreement.partner.encode()).digest()
    return PayerIdentity(
        name=agreement.name.upper(),
        payer_id=agreement.payer_ids[0],
        company_id=f"19{int.from_bytes(digest[:4], 'big') % 10**8:08d}",
    )


def money(amount: Decimal) -> str:
    """An amount as X12 writes it: without needless zeros or a needless point."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def provider_id(provider: Provider) -> tuple[str, str]:
    """Qualifier and identifier of a billing provider: its NPI, else its tax id."""
    if provider.name.id_qualifier == "XX" and provider.name.id:
        return "XX", provider.name.id
    return "FI", provider.tax_id


def whole_name(name: Name) -> str:
    """An organization's or person's name in one element."""
    return f"{name.last} {name.first}".strip()[:name_characters_max].strip()
