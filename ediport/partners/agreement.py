"""A trading partner agreement, in memory: frozen, complete (defaults filled in) and consistent.

`agreement_file` makes it from a file; the meaning of each value is described in
`schemas/partners/agreement.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from ediport.x12.delimiters import Delimiters

Usage = Literal["test", "production"]
Direction = Literal["send", "receive"]
When = Literal["always", "errors", "never"]
SeverityOverride = Literal["error", "warning", "ignore"]

EVERYBODY: Final = "*"
"""The requester of a callback that serves all who have none of their own."""

retention_days: Final = 2555
"""Seven years: how long things are kept where the agreement says nothing."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the exchange: ISA05/06 and GS02 as sender, ISA07/08 and GS03 as receiver."""

    qualifier: str
    interchange_id: str
    application_code: str


@dataclass(frozen=True, slots=True)
class Authorization:
    """ISA01 and ISA02."""

    qualifier: str = "00"
    information: str = ""


@dataclass(frozen=True, slots=True)
class Security:
    """ISA03, and where ISA04 is kept: a reference (`secret:<name>`), never the password."""

    qualifier: str = "00"
    password: str | None = None


@dataclass(frozen=True, slots=True)
class InterchangeValues:
    """Further ISA values: ISA12, ISA14, ISA01 to ISA04."""

    version: str = "00501"
    acknowledgment_requested: bool = True
    authorization: Authorization = field(default_factory=Authorization)
    security: Security = field(default_factory=Security)


@dataclass(frozen=True, slots=True)
class GuideUse:
    """A guide that is exchanged; `aliases` are further versions that GS08 may name for it."""

    transaction_set: str
    guide: str
    direction: Direction
    aliases: tuple[str, ...] = ()

    @property
    def versions(self) -> tuple[str, ...]:
        return (self.guide, *self.aliases)


@dataclass(frozen=True, slots=True)
class AcknowledgmentsSent:
    """When we send a TA1 and a 999 for what comes in."""

    ta1: When = "always"
    implementation_999: When = "always"


@dataclass(frozen=True, slots=True)
class Acknowledgments:
    """`late_after_s`: seconds until an answer is late, by kind (`TA1`, `999`, `277CA`, `835`)."""

    late_after_s: Mapping[str, int] = field(default_factory=dict)
    sent: AcknowledgmentsSent = field(default_factory=AcknowledgmentsSent)

    @property
    def expected(self) -> tuple[str, ...]:
        """The kinds of answer that the partner sends."""
        return tuple(self.late_after_s)

    def due(self, kind: str, sent_at: datetime) -> datetime | None:
        """The moment from which the answer is late, or None where none is expected."""
        seconds = self.late_after_s.get(kind)
        return None if seconds is None else sent_at + timedelta(seconds=seconds)

    def is_late(self, kind: str, sent_at: datetime, now: datetime) -> bool:
        """True when the answer is expected, should be here by now and isn't."""
        due = self.due(kind, sent_at)
        return due is not None and now >= due


@dataclass(frozen=True, slots=True)
class Batching:
    """How units are gathered: into transaction sets, those into an interchange; how long."""

    units_per_transaction_max: int = 100
    transactions_per_interchange_max: int = 1
    wait_s: float = 5.0

    @property
    def units_per_interchange_max(self) -> int:
        return self.units_per_transaction_max * self.transactions_per_interchange_max

    def is_ready(self, units: int, oldest_age_s: float) -> bool:
        """True when the waiting units should leave: enough for an interchange, or waited enough."""
        if units <= 0:
            return False
        return units >= self.units_per_interchange_max or oldest_age_s >= self.wait_s


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Files in folders: we write to `outbox`, the partner writes to `inbox`.

    Relative paths are relative to the platform's data folder.
    """

    outbox: str
    inbox: str
    kind: Literal["folder"] = "folder"


Transport = FolderTransport
"""Every form that a transport has, told apart by `kind`."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Where answers for a requester are POSTed to; `signing_key` is a `secret:` reference."""

    requester: str
    url: str
    signing_key: str | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for which things are kept after the last event of a unit."""

    x12_days: int = retention_days
    documents_days: int = retention_days
    events_days: int = retention_days


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one trading partner and we have agreed on."""

    partner: str
    name: str
    usage: Usage
    payer_ids: tuple[str, ...]
    ours: Party
    theirs: Party
    guides: tuple[GuideUse, ...]
    transport: Transport
    interchange: InterchangeValues = field(default_factory=InterchangeValues)
    delimiters: Delimiters = field(default_factory=Delimiters)
    acknowledgments: Acknowledgments = field(default_factory=Acknowledgments)
    batching: Batching = field(default_factory=Batching)
    second_opinion: bool = False
    severities: Mapping[str, SeverityOverride] = field(default_factory=dict)
    callbacks: tuple[Callback, ...] = ()
    retention: Retention = field(default_factory=Retention)

    @property
    def usage_indicator(self) -> str:
        """ISA15."""
        return "P" if self.usage == "production" else "T"

    def guide_for(
        self, version: str, transaction_set: str, direction: Direction
    ) -> GuideUse | None:
        """The row for a version in GS08 (or one of its aliases) and ST01; None: not agreed on."""
        for use in self.guides:
            agreed = use.transaction_set == transaction_set and use.direction == direction
            if agreed and version in use.versions:
                return use
        return None

    def callback_for(self, requester: str) -> Callback | None:
        """The requester's own callback, else the one for everybody, else None."""
        by_requester = {callback.requester: callback for callback in self.callbacks}
        return by_requester.get(requester) or by_requester.get(EVERYBODY)

    def mirrored(self) -> Agreement:
        """The same agreement seen from the partner's side: sender and receiver change places."""
        turned = tuple(
            replace(use, direction="receive" if use.direction == "send" else "send")
            for use in self.guides
        )
        transport = replace(
            self.transport, outbox=self.transport.inbox, inbox=self.transport.outbox
        )
        return replace(self, ours=self.theirs, theirs=self.ours, guides=turned, transport=transport)
