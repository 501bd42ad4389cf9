"""Guides as a partner names them: the site's plans, and the aliases of the partner's agreement."""

from __future__ import annotations

from collections.abc import Sequence

from ediport.partners.agreement import Agreement, GuideUse
from ediport.x12.plan import Plan, Plans


class AgreedPlans:
    """The plans of a site, found by a partner's aliases too (GS08 or ST03)."""

    def __init__(self, plans: Plans, agreement: Agreement) -> None:
        self._plans = plans
        self._guides = agreement.guides

    def find(
        self, version: str, functional_id: str, transaction_set: str, implementation: str = ""
    ) -> Plan | None:
        """The plan for GS08, GS01, ST01 and ST03; what the site knows itself comes first."""
        plan = self._plans.find(version, functional_id, transaction_set, implementation)
        if plan is not None:
            return plan
        uses = (
            use for use in self._guides if _names(use, transaction_set, version, implementation)
        )
        plans = (self._plans.get(use.guide, use.transaction_set) for use in uses)
        return next((p for p in plans if p and functional_id in ("", p.functional_id)), None)

    def get(self, guide: str, transaction_set: str | None = None) -> Plan | None:
        """The plan of a guide by its version or abbreviation."""
        return self._plans.get(guide, transaction_set)

    def all(self) -> Sequence[Plan]:
        """Every plan of the site."""
        return self._plans.all()


def _names(use: GuideUse, transaction_set: str, *versions: str) -> bool:
    same_set = transaction_set in ("", use.transaction_set)
    return same_set and any(version in use.aliases for version in versions if version)
