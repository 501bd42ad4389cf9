"""Layouts: how the rows of a flat file become canonical documents of one guide.

A layout is data (`schemas/layouts/<name>.yaml`, described by `layout.schema.json` beside it).
Loading one resolves every target against the guide's plan, so that a layout which loads can write
all that the guide requires of what it writes; everything that is wrong is collected into one
`LayoutError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ediport.documents.layout_builder import LayoutBuilder
from ediport.documents.layout_file import (
    LayoutError,
    layouts_folder,
    read_layout_file,
    read_layout_text,
)
from ediport.documents.layout_model import Layout
from ediport.x12.plan import Plans

__all__ = ["Layout", "LayoutError", "load_layout", "parse_layout", "ready_layout", "ready_layouts"]


def ready_layouts() -> list[str]:
    """Names of the layouts that come with ediport."""
    return sorted(path.stem for path in layouts_folder().glob("*.yaml"))


def ready_layout(name: str, plans: Plans) -> Layout:
    """A layout that comes with ediport; raises LayoutError."""
    if name not in ready_layouts():
        raise LayoutError(
            name, [f"there is no such layout (there are: {', '.join(ready_layouts())})"]
        )
    return load_layout(layouts_folder() / f"{name}.yaml", plans)


def load_layout(path: Path, plans: Plans) -> Layout:
    """The layout in a file, checked in full; raises LayoutError."""
    return _built(read_layout_file(path), plans)


def parse_layout(text: bytes, name: str, plans: Plans) -> Layout:
    """The layout of a YAML text, checked in full; raises LayoutError."""
    return _built(read_layout_text(text, name), plans)


def _built(data: Mapping[str, Any], plans: Plans) -> Layout:
    plan = plans.get(data["guide"], data["transaction_set"])
    if plan is None:
        raise LayoutError(data["layout"], ["guide: there is no guide of this version and set"])
    builder = LayoutBuilder(data, plan)
    layout = builder.build()
    if builder.problems or layout is None:
        raise LayoutError(data["layout"], builder.problems)
    return layout
