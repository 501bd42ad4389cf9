"""States of a business unit and which may follow which.

    received -> translated -> sent -> acknowledged -> accepted -> finalized
                     (from any of them but finalized: rejected, dead)

acknowledged: TA1 and 999 accepted. accepted: 277CA accepted. finalized: the answer that ends it is
there (835: paid or denied, the event's detail says which). rejected: by us, by 999 or by 277CA
(detail says by whom and why). dead: parked with its cause; a replay takes it from there to any
state.

Partners answer in any order, so a state only ever moves forward: a late answer is an event and
changes no state.
"""

from __future__ import annotations

from dataclasses import dataclass

from ediport.x12.errors import Defect

RECEIVED = "received"
TRANSLATED = "translated"
SENT = "sent"
ACKNOWLEDGED = "acknowledged"
ACCEPTED = "accepted"
FINALIZED = "finalized"
REJECTED = "rejected"
DEAD = "dead"

ANSWER_DELIVERED = "answer_delivered"
"""Kind of the event that says: the requester has an answer."""

FILE_RECEIVED = "received"
FILE_READING = "reading"
FILE_DONE = "done"
FILE_REFUSED = "refused"
FILE_STATES = (FILE_RECEIVED, FILE_READING, FILE_DONE, FILE_REFUSED)


@dataclass(frozen=True, slots=True)
class Step:
    """A state moves to another one when its `height` is under the other's `reach`."""

    height: int
    reach: int


STEPS = {
    RECEIVED: Step(0, 0),
    TRANSLATED: Step(1, 1),
    SENT: Step(2, 2),
    ACKNOWLEDGED: Step(3, 3),
    ACCEPTED: Step(4, 4),
    FINALIZED: Step(9, 9),
    REJECTED: Step(9, 9),
    DEAD: Step(-1, 9),
}
STATES = tuple(STEPS)
FINAL = (FINALIZED, REJECTED, DEAD)


def may_follow(state: str, wanted: str) -> bool:
    """Whether a unit in `state` moves to `wanted`."""
    return step(state).height < step(wanted).reach


def step(state: str) -> Step:
    """`Defect` for a state that is none."""
    if state not in STEPS:
        raise Defect("no such state of a unit")
    return STEPS[state]
