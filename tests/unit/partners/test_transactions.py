"""The table of transaction sets: every path in it is one of the guide's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from ediport.documents.paths import Step, parse
from ediport.guides import library
from ediport.partners.transactions import AnswerRow, RequestRow, from_data, transactions
from ediport.x12.errors import Defect
from ediport.x12.plan import ElementPlan, LoopPlan, Plan, SegmentPlan

TABLE = transactions()

Node = LoopPlan | SegmentPlan | ElementPlan


def paths_of(row: RequestRow | AnswerRow) -> Iterator[str]:
    if isinstance(row, RequestRow):
        yield from (*row.units, *row.payer, *flat(row.keys))
        return
    for verdict in row.verdicts:
        yield from (*verdict.at, verdict.value, *flat(verdict.keys))
        for codes in verdict.codes:
            yield from (f"{codes.each}/{path}" for parts in codes.parts for path in parts)


def flat(keys: Mapping[str, Sequence[tuple[str, ...]]]) -> Iterator[str]:
    for alternatives in keys.values():
        for paths in alternatives:
            yield from paths


def plans_of(row: RequestRow | AnswerRow) -> list[Plan]:
    return [
        plan
        for plan in library().all()
        if plan.guide[:10] in row.guides and plan.transaction_set == row.transaction_set
    ]


def exists(node: Node, steps: tuple[Step, ...]) -> bool:
    if not steps:
        return True
    step, rest = steps[0], steps[1:]
    return any(exists(child, rest) for child in children(node) if fits(child, step))


def children(node: Node) -> Sequence[Node]:
    if isinstance(node, LoopPlan):
        return node.members
    return node.elements if isinstance(node, SegmentPlan) else node.components


def fits(node: Node, step: Step) -> bool:
    if isinstance(node, ElementPlan):
        return f"{node.position:02d}" == step.id and node.usage != "N"
    if isinstance(node, LoopPlan) or not step.values:
        return node.id == step.id
    element = node.elements[int(step.at) - 1]
    return node.id == step.id and step.values <= set(element.codes)


ROWS = [*TABLE.requests, *TABLE.answers]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.transaction_set}-{row.guides[0]}")
def test_every_path_is_in_every_guide_of_its_row(row: RequestRow | AnswerRow) -> None:
    plans = plans_of(row)
    assert plans
    missing = [
        (plan.guide, path)
        for plan in plans
        for path in paths_of(row)
        if not exists(plan.root, parse(path))
    ]
    assert missing == []


def test_kinds_that_may_be_phi_are_used() -> None:
    used = {kind for row in TABLE.requests for kind in row.keys}
    used |= {kind for row in TABLE.answers for verdict in row.verdicts for kind in verdict.keys}
    assert used >= TABLE.phi


@pytest.mark.parametrize("data", [{}, {"phi": []}, {"phi": 1}])
def test_a_table_of_another_form_is_a_defect(data: dict[str, object]) -> None:
    with pytest.raises(Defect):
        from_data(data)


def test_a_path_that_is_none_is_a_defect() -> None:
    request = {"transaction_set": "837", "guides": [], "payer": ["2000A//NM1"], "keys": {}}
    data = {"phi": [], "envelope": {}, "requests": [request], "TA1": {"verdicts": []}}
    with pytest.raises(Defect):
        from_data({**data, "answers": []})
