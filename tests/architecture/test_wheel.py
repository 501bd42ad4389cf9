"""The wheel as a stranger installs it: complete, and it runs away from the checkout."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import ediport
from tests.architecture.sources import PRODUCT, ROOT, project_files
from tests.architecture.tools import uv
from tools.set_up import tool_environment

# Folders of the checkout and where the wheel has them.
PLACES = {"schemas": "ediport/schemas"}
LEFT_OUT = {"Dockerfile", "README.md"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    hatchling = Path(sys.executable).with_name("hatchling")
    run([str(hatchling), "build", "-t", "wheel", "-d", str(folder)], ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and, behind it, the libraries of this one."""
    folder = tmp_path_factory.mktemp("installation")
    python = folder / "bin" / "python"
    run([uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], folder)
    install = ["pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(python)]
    run([uv(), *install, str(wheel)], folder)
    (own_packages,) = folder.glob("lib/python*/site-packages")
    # A path file names libraries without reading their own path files: the checkout stays unseen.
    (own_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder


def run(command: list[str], folder: Path) -> str:
    result = subprocess.run(
        command,
        cwd=folder,
        env=tool_environment(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_wheel_has_every_file_of_the_product(wheel: Path) -> None:
    shipped = {*PRODUCT, *PLACES} - {"infra"}
    wanted = {in_wheel(path) for path in project_files() if path.parts[0] in shipped}
    missing = {path for path in wanted if Path(path).name not in LEFT_OUT}
    assert missing <= set(zipfile.ZipFile(wheel).namelist())


def in_wheel(path: Path) -> str:
    top = path.parts[0]
    return "/".join([PLACES.get(top, top), *path.parts[1:]])


def test_the_installed_command_line_runs(installation: Path, tmp_path: Path) -> None:
    shown = run([str(installation / "bin" / "ediport"), "--version"], tmp_path)
    assert ediport.__version__ in shown


def test_the_installed_library_finds_its_data(installation: Path, tmp_path: Path) -> None:
    program = "from ediport.resources import schemas_folder as f; print(f(), f().is_dir())"
    folder, found = run([str(installation / "bin" / "python"), "-c", program], tmp_path).split()
    assert found == "True"
    assert Path(folder).is_relative_to(installation)
