"""No function over 60 lines, no module over 500: what is larger has more than one task."""

import ast

from tests.architecture.sources import ALL_PYTHON, report, sources

FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 500


def test_functions_are_short() -> None:
    sizes = [
        (node.end_lineno - node.lineno + 1, f"{source.path}:{node.lineno} {node.name}")
        for source in sources(*ALL_PYTHON)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    assert_below(sizes, FUNCTION_LINES_MAX, "functions")


def test_modules_are_short() -> None:
    sizes = [(source.text.count("\n"), str(source.path)) for source in sources(*ALL_PYTHON)]
    assert_below(sizes, MODULE_LINES_MAX, "modules")


def assert_below(sizes: list[tuple[int, str]], lines_max: int, kind: str) -> None:
    large = sorted((size for size in sizes if size[0] > lines_max), reverse=True)
    offenders = [f"{lines} lines: {place}" for lines, place in large]
    assert not offenders, report(f"{kind} of more than {lines_max} lines:", offenders)
