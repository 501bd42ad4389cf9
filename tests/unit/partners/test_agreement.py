"""What an agreement answers about itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ediport.partners.agreement import Batching
from ediport.partners.agreement_file import load
from ediport.resources import schemas_folder

DEMO = schemas_folder() / "partners" / "demo"
EVERGREEN = load(DEMO / "evergreen-health.yaml")


def test_a_guide_is_found_by_its_version_and_aliases_in_its_direction() -> None:
    for version in ("005010X222A1", "005010X222", "005010X222A2"):
        use = EVERGREEN.guide_for(version, "837", "send")
        assert use is not None
        assert use.guide == "005010X222A1"
    assert EVERGREEN.guide_for("005010X222A1", "837", "receive") is None
    assert EVERGREEN.guide_for("005010X222A1", "835", "send") is None
    assert EVERGREEN.guide_for("004010X098A1", "837", "send") is None


def test_an_answer_is_late_when_its_time_is_over() -> None:
    acknowledgments = EVERGREEN.acknowledgments
    sent = datetime(2026, 1, 1, tzinfo=UTC)
    due = sent + timedelta(seconds=3600)
    assert acknowledgments.due("999", sent) == due
    assert not acknowledgments.is_late("999", sent, due - timedelta(seconds=1))
    assert acknowledgments.is_late("999", sent, due)


def test_what_is_not_expected_is_never_late() -> None:
    sent = datetime(2026, 1, 1, tzinfo=UTC)
    assert EVERGREEN.acknowledgments.due("271", sent) is None
    assert not EVERGREEN.acknowledgments.is_late("271", sent, datetime(2036, 1, 1, tzinfo=UTC))


def test_units_leave_when_they_fill_an_interchange_or_waited_long_enough() -> None:
    batching = Batching(
        units_per_transaction_max=10, transactions_per_interchange_max=2, wait_s=5.0
    )
    assert not batching.is_ready(19, 4.9)
    assert batching.is_ready(20, 0.0)
    assert batching.is_ready(1, 5.0)
    assert not batching.is_ready(0, 100.0)


def test_a_requester_without_a_row_gets_the_row_of_everybody() -> None:
    callback = EVERGREEN.callback_for("nobody-known")
    assert callback is not None
    assert callback.requester == "*"


def test_the_mirror_is_the_other_side() -> None:
    mirror = EVERGREEN.mirrored()
    assert (mirror.ours, mirror.theirs) == (EVERGREEN.theirs, EVERGREEN.ours)
    assert mirror.transport.inbox == EVERGREEN.transport.outbox
    assert mirror.guide_for("005010X222A1", "837", "receive") is not None
    assert mirror.mirrored() == EVERGREEN
