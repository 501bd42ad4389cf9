from __future__ import annotations

import uuid

import pytest

from ediport.ledger import states
from ediport.ledger.identifiers import new_transaction_id
from ediport.ledger.states import may_follow
from ediport.x12.errors import Defect

FORWARD = (states.RECEIVED, states.TRANSLATED, states.SENT, states.ACKNOWLEDGED, states.ACCEPTED)


def test_a_unit_moves_forward_by_any_number_of_steps() -> None:
    for ordinal, state in enumerate(FORWARD):
        later = [*FORWARD[ordinal + 1 :], states.FINALIZED, states.REJECTED, states.DEAD]
        assert [wanted for wanted in states.STATES if may_follow(state, wanted)] == later


@pytest.mark.parametrize("state", [states.FINALIZED, states.REJECTED])
def test_an_end_is_an_end(state: str) -> None:
    assert not any(may_follow(state, wanted) for wanted in states.STATES)


def test_a_replay_takes_a_dead_unit_anywhere() -> None:
    assert all(may_follow(states.DEAD, wanted) for wanted in states.STATES)


def test_what_is_no_state_is_a_defect() -> None:
    with pytest.raises(Defect):
        may_follow(states.SENT, "gone")
    with pytest.raises(Defect):
        may_follow("gone", states.SENT)


def test_transaction_ids_are_uuids_of_version_7_in_order_of_time() -> None:
    ids = [uuid.UUID(new_transaction_id()) for _ in range(100)]
    assert {(each.version, each.variant) for each in ids} == {(7, uuid.RFC_4122)}
    milliseconds = [each.int >> 80 for each in ids]
    assert milliseconds == sorted(milliseconds)
    assert len(set(ids)) == 100
