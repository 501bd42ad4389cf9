"""What every test may use: the tier markers, the shared corpus, steady settings for hypothesis.

A test's folder is its tier (`tests/unit/...` is marked `unit`), so that `-m unit` picks a folder
wherever the file lies below it.
"""

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
TIERS = (
    "architecture",
    "contract",
    "differential",
    "e2e",
    "fuzz",
    "golden",
    "infra",
    "integration",
    "property",
    "regressions",
    "unit",
)

# A deadline would make property tests fail on a busy machine; nothing here asserts on time.
settings.register_profile("ediport", settings.default, deadline=None)
settings.load_profile("ediport")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = ROOT / "tests"
    for item in items:
        tier = item.path.relative_to(tests).parts[0] if item.path.is_relative_to(tests) else ""
        if tier in TIERS:
            item.add_marker(tier)
        if "corpus" in getattr(item, "fixturenames", ()):
            item.add_marker("corpus")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of shared sample files beside the checkout; the test is skipped without it."""
    if not CORPUS.is_dir():
        pytest.skip("the shared corpus is not beside this checkout")
    return CORPUS
