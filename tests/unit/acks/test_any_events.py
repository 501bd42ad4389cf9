"""Whatever the order of events and the values in them, the answer is valid."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ediport.x12.acks import AckOptions, BusinessUnit, Context, Trigger
from ediport.x12.delimiters import Delimiters
from ediport.x12.events import (
    Event,
    GroupBegin,
    GroupEnd,
    InterchangeBegin,
    InterchangeEnd,
    TransactionBegin,
    TransactionEnd,
)
from ediport.x12.findings import Finding, Guarded
from ediport.x12.rules import RULES
from tests.unit.acks.ack_answers import GUIDE, answer, parse

words = st.text(max_size=40) | st.text("AB12*:^~ \x1f\x1e\n\xe9", max_size=120)
ids = st.sampled_from(["837", "HC", "FA", "PO", "0001", "77", "", GUIDE, "004010X098A1", "00501"])
values = ids | words
headers = st.lists(values, max_size=17).map(tuple)
group_headers = st.tuples(
    st.sampled_from(["HC", "HP", "PO", "FA"]) | values, values, values, values, values,
    st.sampled_from(["1", "77"]) | values, values, st.sampled_from([GUIDE, "004010"]) | values,
)  # fmt: skip
set_headers = st.tuples(st.just("837") | values, st.just("0001") | values, values) | headers
guides = st.sampled_from([GUIDE, None])
numbers = st.integers(0, 10_000_000)
positions = st.none() | st.integers(0, 20_000)
byte = st.binary(min_size=1, max_size=1)
separators = st.just(Delimiters()) | st.builds(
    Delimiters, byte, byte, st.just(b"") | byte, byte, st.sampled_from([b"", b"\n", b"\r\n"])
)
findings = st.builds(
    Finding,
    rule=st.sampled_from(sorted(RULES.values(), key=lambda rule: rule.id)),
    reason=st.just(""),
    interchange=st.integers(0, 2),
    transaction=st.integers(0, 2),
    segment_ordinal=numbers,
    segment_id=st.sampled_from(["CLM", "NM1"]) | words,
    loop_path=st.sampled_from(["", "2000A/2010AA"]) | words,
    element=positions,
    component=positions,
    repeat=positions,
    data_element=st.none() | st.sampled_from(["1325", "C023"]) | words,
    value=st.none() | st.builds(Guarded, words),
)
counts = st.none() | st.integers(-1, 10_000_000)
event: st.SearchStrategy[Event] = st.one_of(
    st.builds(InterchangeBegin, st.integers(0, 2), headers, separators, numbers),
    st.builds(GroupBegin, numbers, group_headers | headers, guides),
    st.builds(TransactionBegin, numbers, set_headers, guides, words),
    findings,
    st.builds(TransactionEnd, numbers, words, numbers, numbers, numbers, st.booleans(), numbers),
    st.builds(GroupEnd, numbers, words, numbers, counts, numbers, numbers),
    st.builds(InterchangeEnd, numbers, words, numbers, numbers),
)
options = st.builds(
    AckOptions,
    ta1=st.sampled_from(["always", "requested", "errors", "never"]),
    functional=st.sampled_from(["always", "errors", "never"]),
    one_interchange=st.booleans(),
    delimiters=st.none() | separators,
)
contexts = st.builds(
    Context,
    st.none() | st.builds(BusinessUnit, st.just("CLM01") | words, st.builds(Guarded, words)),
    st.lists(st.builds(Trigger, st.just("CLM") | words, numbers, words), max_size=3).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(event, max_size=25), options, contexts)
def test_any_order_of_any_events(events: list[Event], chosen: AckOptions, context: Context) -> None:
    parse(answer(events, chosen, context=lambda _: context))


@st.composite
def documents(draw: st.DrawFn) -> list[Event]:
    """Events in the order that the reader keeps, with any findings anywhere."""
    found = st.lists(findings, max_size=3)
    events: list[Event] = list(draw(found))
    events.append(draw(st.builds(InterchangeBegin, st.just(1), headers, separators, numbers)))
    for _ in range(draw(st.integers(0, 3))):
        events.append(draw(st.builds(GroupBegin, numbers, group_headers, guides)))
        for _ in range(draw(st.integers(0, 3))):
            events.append(draw(st.builds(TransactionBegin, numbers, set_headers, guides, words)))
            events += draw(found)
            events.append(TransactionEnd(1, "", 1, 0, 0, draw(st.booleans()), 0))
        events += draw(found)
        events.append(draw(st.builds(GroupEnd, numbers, words, numbers, counts, numbers, numbers)))
    events += draw(found)
    events.append(InterchangeEnd(1, "", 1, 0))
    return events


@settings(max_examples=200, deadline=None)
@given(documents(), options, contexts)
def test_any_document(events: list[Event], chosen: AckOptions, context: Context) -> None:
    found = parse(answer(events, chosen, context=lambda _: context))
    if chosen.ta1 == "always" and any(isinstance(e, GroupBegin) for e in events):
        assert sum(len(a.ta1) for a in found) == 1
