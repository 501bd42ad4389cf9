"""What no committed file may hold: paths of one machine, other package indexes, a stale lock."""

import os
import re
import subprocess

from tests.architecture.sources import ROOT, report, text_lines
from tests.architecture.tools import uv
from tools.set_up import tool_environment

# Folders of people and of build machines. `/home` and `/tmp` alone have honest uses.
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:root|work|Users|opt/(?:pypi|wheels))(?:/|\b(?!-))")
PACKAGE_HOSTS = {"https://pypi.org", "https://files.pythonhosted.org"}


def test_no_file_names_a_path_of_one_machine() -> None:
    offenders = [
        f"{path}:{number}"
        for path, number, line in text_lines()
        if MACHINE_PATH.search(line) or f"{ROOT}/" in line
    ]
    assert not offenders, report("paths that exist on one machine only:", offenders)


def test_the_lock_file_names_only_the_public_index() -> None:
    hosts = re.findall(r"https?://[^/\"]*", (ROOT / "uv.lock").read_text("utf-8"))
    assert set(hosts) == PACKAGE_HOSTS


def test_the_lock_file_is_fresh() -> None:
    """Mended by `.uv/bin/uv lock`."""
    result = subprocess.run(
        [uv(), "lock", "--check"],
        cwd=ROOT,
        env=tool_environment(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
