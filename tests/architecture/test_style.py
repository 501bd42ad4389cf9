"""Habits that a linter does not know: where output, environment and open ends may be."""

import ast
import re

import pytest

from tests.architecture.sources import PRODUCT, report, sources, text_lines

# Spelled so that this file does not offend.
OPEN_ENDS = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")
# Licence texts and lock files are not ours to word.
FOREIGN_TEXT = {"LICENSE", "uv.lock"}
# Of `os`, what reads or changes the environment.
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def test_only_the_command_line_prints() -> None:
    offenders = [
        f"{source.path}:{node.lineno}"
        for source in sources(*PRODUCT)
        if not source.in_room("ediport.cli")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not offenders, report("print outside ediport.cli:", offenders)


def test_only_the_settings_read_the_environment() -> None:
    offenders = [
        f"{source.path}:{line}"
        for source in sources(*PRODUCT)
        if not source.in_room("ediport.settings") and not source.in_room("infra.settings")
        for line in environment_uses(source.tree)
    ]
    assert not offenders, report("the environment is read outside ediport.settings:", offenders)


def environment_uses(tree: ast.Module) -> list[int]:
    """Lines with `os.environ`, `os.getenv` and the like, or an import of them."""
    attributes = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ENVIRONMENT
        and isinstance(node.value, ast.Name)
        and node.value.id in {"os", "posix"}
    ]
    names = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "os"
        and ENVIRONMENT & {alias.name for alias in node.names}
    ]
    return sorted(attributes + names)


@pytest.mark.parametrize(
    "line",
    ["os.environ['A']", "os.getenv('A')", "from os import environ", "x = os.environ.get('A')"],
)
def test_environment_uses_are_found(line: str) -> None:
    assert environment_uses(ast.parse(f"import os\n{line}\n")) == [2]


def test_every_module_says_what_it_is_for() -> None:
    offenders = [
        str(source.path)
        for source in sources(*PRODUCT, "tools")
        if source.text.strip() and not ast.get_docstring(source.tree)
    ]
    assert not offenders, report("modules without a docstring:", offenders)


def test_nothing_is_left_for_later() -> None:
    offenders = [
        f"{path}:{number}"
        for path, number, line in text_lines()
        if path.name not in FOREIGN_TEXT and OPEN_ENDS.search(line)
    ]
    assert not offenders, report("open ends belong into issues, not into files:", offenders)
