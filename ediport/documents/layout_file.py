"""Reading a layout file: YAML as plain data, checked against `schemas/layouts/layout.schema.json`.

YAML is read strictly, since a layout is mostly codes: only `true`, `false` and whole numbers are
anything but text, a key may stand once only, and anchors are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from ediport.documents.limits import layout_bytes_max
from ediport.resources import schemas_folder
from ediport.x12.errors import EdiportError

_TEXT: Final = "tag:yaml.org,2002:str"

problems_shown_max: Final = 50
"""Problems of one layout that are reported."""


class LayoutError(EdiportError):
    """A layout that cannot be used; `problems` says for each place in it what is wrong."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.name = name
        self.problems = problems[:problems_shown_max]
        super().__init__(f"layout {name}: " + "; ".join(self.problems))


def layouts_folder() -> Path:
    """Where the layouts are that come with ediport."""
    return schemas_folder() / "layouts"


def read_layout_file(path: Path) -> dict[str, Any]:
    """The data of a layout file that has the right shape; raises LayoutError."""
    if not path.is_file():
        raise LayoutError(path.stem, ["there is no such layout file"])
    if path.stat().st_size > layout_bytes_max:
        raise LayoutError(path.stem, [f"the file is larger than {layout_bytes_max} bytes"])
    return read_layout_text(path.read_bytes(), path.stem)


def read_layout_text(text: bytes, name: str) -> dict[str, Any]:
    """The data of a layout as text; raises LayoutError."""
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader that takes less
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LayoutError(name, [f"it is no YAML that can be read: {_where(error)}"]) from error
    problems = list(_schema_problems(data))
    if problems:
        raise LayoutError(name, problems)
    return dict(data)


def _schema_problems(data: object) -> Iterator[str]:
    for error in sorted(_validator().iter_errors(data), key=lambda e: list(map(str, e.path))):
        place = "/".join(str(part) for part in error.path) or "the layout"
        yield f"{place}: {error.message}"


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((layouts_folder() / "layout.schema.json").read_bytes())
    return jsonschema.Draft202012Validator(schema)


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or type(error).__name__
    return f"{problem} (line {mark.line + 1})" if mark else str(problem)


class _Loader(yaml.SafeLoader):
    """YAML 1.1 without its surprises: `NO` and `08` are text."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(problem="anchors are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value if key.tag == _TEXT]
        if len(set(keys)) != len(node.value):
            raise yaml.constructor.ConstructorError(
                problem="a key stands twice or is no text", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"(?:0|[1-9][0-9]{0,8})\Z"), list("0123456789")
)
