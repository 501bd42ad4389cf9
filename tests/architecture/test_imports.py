"""Who may import what. The layers are import-linter contracts in pyproject.toml, run from here."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, ROOT, Source, report, sources

# Which rooms may use a library: an exchange of one library then stays inside one room.
LIBRARY_HOMES = {
    "alembic": ("ediport.ledger",),
    "boto3": ("ediport.messaging", "ediport.storage", "lambdas"),
    "botocore": ("ediport.messaging", "ediport.storage", "lambdas"),
    "fastapi": ("services",),
    "pydantic": ("services",),
    "pyx12": ("ediport.guides",),
    "rich": ("ediport.cli", "ediport.demo"),
    "sqlalchemy": ("ediport.ledger",),
    "starlette": ("services",),
    "stomp": ("ediport.messaging",),
    "structlog": ("ediport.logs",),
    "typer": ("ediport.cli",),
    "uvicorn": ("services",),
}


def imports(source: Source) -> Iterator[tuple[str, int]]:
    """Dotted names that a module imports, wherever in it, with the line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ".", node.lineno


def test_the_engine_imports_only_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"ediport"}
    offenders = [
        f"{source.path}:{line} {name}"
        for source in sources("ediport/x12")
        for name, line in imports(source)
        if name.split(".")[0] not in allowed
        or (name.startswith("ediport") and not f"{name}.".startswith("ediport.x12."))
    ]
    assert not offenders, report("ediport.x12 imports what it must not know:", offenders)


@pytest.mark.parametrize("library", LIBRARY_HOMES)
def test_a_library_stays_in_its_room(library: str) -> None:
    homes = LIBRARY_HOMES[library]
    offenders = [
        f"{source.path}:{line}"
        for source in sources(*PRODUCT)
        for name, line in imports(source)
        if name.split(".")[0] == library and not any(map(source.in_room, homes))
    ]
    assert not offenders, report(f"only {', '.join(homes)} may import {library}:", offenders)


def test_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_import_contracts_see_every_package() -> None:
    """A folder without `__init__.py`, or a package not named to the linter, would go unseen."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    # The stacks of infra/ run in an environment of their own and import nothing of the product.
    packages = {folder for folder in PRODUCT if folder != "infra" and sources(folder)}
    assert packages == set(settings["importlinter"]["root_packages"])
    assert packages <= set(settings["mypy"]["files"])
    bare = {
        str(source.path.parent)
        for source in sources(*packages)
        if not (ROOT / source.path).with_name("__init__.py").exists()
        and "migrations/versions" not in str(source.path)
    }
    assert not bare, report("folders of modules without __init__.py:", sorted(bare))
