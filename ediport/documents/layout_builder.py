"""Builds a layout from its data: names are checked, every target is resolved against the guide's plan.

All that is wrong is collected, so that the author of a layout sees it at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ediport.documents.columns import Column, Placed, read_columns
from ediport.documents.layout_model import Condition, FileShape, Layout, Total, Variant
from ediport.documents.limits import rows_per_unit_max
from ediport.documents.targets import Occurrence, Target, TargetError, resolve, resolve_loop
from ediport.documents.template import Template, relative
from ediport.x12.plan import LoopPlan, Plan


class LayoutBuilder:
    """Checks the parts of a layout and puts it together; everything wrong goes to `problems`."""

    def __init__(self, data: Mapping[str, Any], plan: Plan) -> None:
        self._data = data
        self._plan = plan
        self._rows: Sequence[Mapping[str, Any]] = data["records"][0]["columns"]
        self._columns: dict[str, Column] = {}
        self.problems: list[str] = []

    def build(self) -> Layout | None:
        """None where a name is wrong; places that are wrong are in `problems` only."""
        self.problems.extend(self._name_problems())
        if self.problems:
            return None
        columns = read_columns(self._rows, self._data)
        self._columns = {column.name: column for column in columns}
        variants = tuple(self._variant(row) for row in self._data["unit"]["variants"])
        return self._layout(variants)

    def _layout(self, variants: tuple[Variant, ...]) -> Layout:
        data, columns = self._data, self._columns
        return Layout(
            name=data["layout"],
            version=data["version"],
            title=data["title"],
            guide=self._plan.guide,
            transaction_set=self._plan.transaction_set,
            unit_name=data["unit"]["name"],
            shape=_shape(data["file"]),
            columns=tuple(columns.values()),
            key=tuple(columns[name] for name in data["unit"]["key"]),
            variants=variants,
            totals=tuple(
                Total(columns[row["total"]], columns[row["parts"]])
                for row in data.get("checks", ())
            ),
        )

    def _name_problems(self) -> Iterator[str]:
        names = [row["name"] for row in self._rows]
        headings = [n.casefold() for row in self._rows for n in (row["name"], *row.get("also", ()))]
        if len(set(headings)) != len(headings):
            yield "records/0/columns: a column name stands twice"
        for place, name in self._used_names():
            if name not in names:
                yield f"{place}: there is no column {name}"
        variants = [row["name"] for row in self._data["unit"]["variants"]]
        for place, row in self._limited_rows():
            if row.get("only", variants[0]) not in variants:
                yield f"{place}: there is no variant {row['only']}"
        for row in self._rows:
            if row.get("lookup", "") not in ("", *self._data.get("lookups", ())):
                yield f"column {row['name']}: there is no lookup {row['lookup']}"
        numbers = {row["name"] for row in self._rows if row.get("form") in ("amount", "quantity")}
        for row in self._data.get("checks", ()):
            for name in {row["total"], row["parts"]} - numbers:
                yield f"checks: {name} must be a column of amounts or quantities"
        open_ended = ["when" not in row for row in self._data["unit"]["variants"]]
        if open_ended != [False] * (len(variants) - 1) + [True]:
            yield "unit/variants: every variant but the last needs a condition, and the last has none"

    def _used_names(self) -> Iterator[tuple[str, str]]:
        yield from (("unit/key", name) for name in self._data["unit"]["key"])
        for row in self._data["unit"]["variants"]:
            if "when" in row:
                yield f"variant {row['name']}", row["when"]["column"]
        for row in self._rows:
            if "until" in row:
                yield f"column {row['name']}", row["until"]
        for row in self._data.get("checks", ()):
            yield "checks", row["total"]
            yield "checks", row["parts"]

    def _limited_rows(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        yield from ((f"column {row['name']}", row) for row in self._rows)
        yield from ((f"constant {row['target']}", row) for row in self._data.get("constants", ()))

    def _variant(self, row: Mapping[str, Any]) -> Variant:
        return _VariantBuilder(row, self._data, self._plan, self._columns, self.problems).build()


class _VariantBuilder:
    """Resolves all targets for one variant and sorts the columns into those of the unit and of a row."""

    def __init__(
        self,
        row: Mapping[str, Any],
        data: Mapping[str, Any],
        plan: Plan,
        columns: Mapping[str, Column],
        problems: list[str],
    ) -> None:
        self._row = row
        self._data = data
        self._plan = plan
        self._columns = columns
        self._problems = problems
        self._unit = Template(plan.root)
        self._row_loop = self._resolved_row_loop()
        self._row_template = Template(self._row_loop)
        self._depth = self._row_loop.path.count("/") + 1
        self._taken: dict[tuple[Any, ...], str] = {}
        self._unit_columns: list[Placed] = []
        self._row_columns: list[Placed] = []
        self._always: list[tuple[int, str]] = []
        self._facts: list[tuple[int, str]] = []

    def build(self) -> Variant:
        for column in self._columns.values():
            if column.only in (None, self._row["name"]):
                self._place(column)
        for constant in self._data.get("constants", ()):
            if constant.get("only", self._row["name"]) == self._row["name"]:
                self._add_constant(constant)
        self._finish()
        return self._made()

    def _made(self) -> Variant:
        limit = self._row_loop.repeat_max or rows_per_unit_max
        return Variant(
            name=self._row["name"],
            when=self._condition(),
            unit_template=self._unit,
            row_template=self._row_template,
            unit_columns=tuple(self._unit_columns),
            row_columns=tuple(self._row_columns),
            unwanted=tuple(self._unwanted()),
            always=tuple(self._always),
            facts=tuple(self._facts),
            rows_max=min(limit, rows_per_unit_max),
        )

    def _resolved_row_loop(self) -> LoopPlan:
        try:
            return resolve_loop(self._plan, self._full(self._data["unit"]["row_loop"]))
        except TargetError as error:
            self._problems.append(f"unit/row_loop in variant {self._row['name']}: {error}")
            return self._plan.root

    def _condition(self) -> Condition | None:
        when = self._row.get("when")
        return when and Condition(self._columns[when["column"]], frozenset(when["is"]))

    def _full(self, target: str) -> str:
        """The target with its first loop id spelled out as this variant nests it."""
        head, slash, tail = target.partition("/")
        loops: Mapping[str, str] = self._row["loops"]
        return loops.get(head, head) + slash + tail

    def _place(self, column: Column) -> None:
        placed = Placed(column, self._columns.get(column.until or ""))
        in_row: set[bool] = set()
        try:
            for text in column.targets:
                in_row.add(self._place_at(placed, resolve(self._plan, self._full(text))))
        except TargetError as error:
            self._problems.append(f"column {column.name}: {error}")
        if len(in_row) > 1:
            self._problems.append(f"column {column.name}: its targets are the unit's and the row's")
        if in_row:
            (self._row_columns if in_row == {True} else self._unit_columns).append(placed)

    def _place_at(self, placed: Placed, target: Target) -> bool:
        in_row = self._in_row(target)
        identity = (*(o.sort_key for o in target.occurrences), target.place)
        other = self._taken.setdefault(identity, placed.column.name)
        if other != placed.column.name:
            raise TargetError(f"{target.text} is the target of {other} already")
        if in_row:
            placed.place(self._plan, self._row_template, relative(target, self._depth))
        else:
            placed.place(self._plan, self._unit, target)
        return in_row

    def _in_row(self, target: Target) -> bool:
        return any(occurrence.plan is self._row_loop for occurrence in target.occurrences)

    def _add_constant(self, row: Mapping[str, Any]) -> None:
        try:
            target = resolve(self._plan, self._full(row["target"]))
        except TargetError as error:
            self._problems.append(f"constant: {error}")
            return
        if self._in_row(target):
            self._row_template.add(relative(target, self._depth), row.get("value", ""))
            return
        slot = self._unit.add(target, row.get("value", ""))
        if "fact" in row:
            self._facts.append((slot, row["fact"]))
        elif row.get("always"):
            self._always.append((slot, row["value"]))

    def _unwanted(self) -> Iterator[Column]:
        """Columns of other variants, but for those that decide which variant it is."""
        deciding = {v["when"]["column"] for v in self._data["unit"]["variants"] if "when" in v}
        for column in self._columns.values():
            if column.only not in (None, self._row["name"]) and column.name not in deciding:
                yield column

    def _finish(self) -> None:
        if self._row_loop is self._plan.root:
            return
        self._unit.mark_rows(_occurrences(self._row_loop))
        for template in (self._unit, self._row_template):
            template.seal()
            for place in template.unreachable():
                self._problems.append(
                    f"variant {self._row['name']}: the guide requires {place}, and nothing gives it"
                )


def _occurrences(loop: LoopPlan) -> list[Occurrence]:
    """The way to a loop, from the outermost in."""
    chain: list[Occurrence] = []
    node: LoopPlan | None = loop
    while node is not None and node.parent is not None:
        chain.insert(0, Occurrence(node))
        node = node.parent
    return chain


def _shape(row: Mapping[str, Any]) -> FileShape:
    default = FileShape()
    return FileShape(
        encoding=row.get("encoding", default.encoding),
        delimiter=row.get("delimiter", default.delimiter),
        quote=row.get("quote", default.quote),
        header=row.get("header", default.header),
        line_breaks_in_quotes=row.get("line_breaks_in_quotes", default.line_breaks_in_quotes),
        fold_accents=row.get("accents") == "fold",
    )
