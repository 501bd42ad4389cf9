"""Set the project up: system packages, uv, the virtual environment with the locked dependencies.

Runs on a machine that has only Python 3.11+ (`make setup` calls it). Rules that hold here:

- Standard library only, and nothing of the project is imported: it is not installed yet.
- Running it again is harmless, and mends a set-up that was broken off half way.
- Nothing outside the checkout is written except package caches and, where apt may be used,
  the system packages of tools/apt-packages.txt. EDIPORT_SETUP_APT=0 forbids apt.
- What cannot be done is said in one line: what is missing and what that leaves out.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHON_MIN = (3, 11)
PYTHON_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
UV_REQUIREMENT = "uv==0.13.9"

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UV_HOME = ROOT / ".uv"
UV = UV_HOME / "bin" / "uv"
APT_PACKAGES = Path(__file__).with_name("apt-packages.txt")
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

# Settings of the caller that would send packages elsewhere than into our own environments.
REDIRECTIONS = (
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_TARGET",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_PROJECT_ENVIRONMENT",
    "VIRTUAL_ENV",
)
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class CannotSetUp(Exception):
    """Set-up cannot go on; the message is the one line for the user."""


@dataclass(frozen=True)
class AptPackage:
    """One line of apt-packages.txt."""

    name: str
    probes: tuple[str, ...]
    needed_by: str


def main() -> int:
    try:
        set_up()
    except CannotSetUp as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


def set_up() -> None:
    restart_under_supported_python()
    environment = tool_environment(os.environ)
    provide_system_packages(read_apt_packages(APT_PACKAGES.read_text("utf-8")), environment)
    provide_uv(environment)
    provide_virtual_environment(environment)
    say("ready; the command line is .venv/bin/ediport")


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


# --- Python -----------------------------------------------------------------------------------


def restart_under_supported_python() -> None:
    """Carry on under a newer Python of this machine when `python3` is too old for the project."""
    if sys.version_info >= PYTHON_MIN:
        return
    newer = next(filter(None, map(shutil.which, PYTHON_NAMES)), None)
    if newer is None:
        wanted = ".".join(map(str, PYTHON_MIN))
        raise CannotSetUp(f"Python {wanted} or newer is missing, without it nothing runs")
    os.execv(newer, [newer, *sys.argv])


# --- the environment of the tools --------------------------------------------------------------


def tool_environment(caller: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment, made fit for pip and uv to work in this checkout alone."""
    environment = {name: value for name, value in caller.items() if name not in REDIRECTIONS}
    # Versions are pinned here and in uv.lock; a site's own pip constraints could only contradict.
    environment["PIP_CONSTRAINT"] = os.devnull
    environment["PIP_USER"] = "0"
    environment["PIP_REQUIRE_VIRTUALENV"] = "0"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment.update(certificate_settings(environment))
    if "UV_CACHE_DIR" not in environment and not is_own(home_cache(environment)):
        environment["UV_CACHE_DIR"] = str(UV_HOME / "cache")
        environment["PIP_NO_CACHE_DIR"] = "1"
    return environment


def certificate_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Settings that make uv and pip trust the same certificates, as behind an inspecting proxy."""
    settings = {"UV_SYSTEM_CERTS": "1"} if SYSTEM_CERTIFICATES.exists() else {}
    bundles = (environment[name] for name in CERTIFICATE_VARIABLES if environment.get(name))
    bundle = next(bundles, None)
    if bundle is not None:
        settings["SSL_CERT_FILE"] = environment.get("SSL_CERT_FILE") or bundle
        settings["PIP_CERT"] = environment.get("PIP_CERT") or bundle
    return settings


def home_cache(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def is_own(folder: Path) -> bool:
    """True when this user owns the folder, or the nearest parent that exists, and may write there.

    As root under another user's HOME a cache would leave files there that its owner can't remove.
    """
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.stat().st_uid == os.geteuid() and os.access(existing, os.W_OK)


# --- system packages ---------------------------------------------------------------------------


def read_apt_packages(text: str) -> list[AptPackage]:
    lines = (line.strip() for line in text.splitlines())
    rows = (line.split(maxsplit=2) for line in lines if line and not line.startswith("#"))
    return [AptPackage(name, tuple(probes.split("|")), use) for name, probes, use in rows]


def provide_system_packages(packages: Sequence[AptPackage], environment: dict[str, str]) -> None:
    missing = [package for package in packages if not is_present(package)]
    apt = apt_command(environment) if missing else None
    if apt is not None:
        say("installing " + " ".join(package.name for package in missing))
        install_with_apt(apt, missing, environment)
        missing = [package for package in missing if not is_present(package)]
    for package in missing:
        say(f"system package {package.name} is missing; needed by {package.needed_by}")


def is_present(package: AptPackage) -> bool:
    return any(probe_succeeds(probe) for probe in package.probes)


def probe_succeeds(probe: str) -> bool:
    kind, _, subject = probe.partition(":")
    if kind == "module":
        importlib.invalidate_caches()
        return importlib.util.find_spec(subject) is not None
    if kind == "command":
        return shutil.which(subject) is not None
    if kind == "file":
        return Path(subject).exists()
    raise CannotSetUp(f"apt-packages.txt has an unknown probe: {probe}")


def apt_command(environment: Mapping[str, str]) -> list[str] | None:
    """How to call apt-get without being asked for a password; None when that is not possible."""
    if shutil.which("apt-get") is None or environment.get("EDIPORT_SETUP_APT") == "0":
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = ["sudo", "--non-interactive"]
    if shutil.which("sudo") and succeeds([*sudo, "true"], environment):
        return [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return None


def install_with_apt(
    apt: Sequence[str], packages: Sequence[AptPackage], environment: Mapping[str, str]
) -> None:
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*apt, "install", "-qq", "--yes", "--no-install-recommends"]
    succeeds([*apt, "update", "-qq"], quiet)
    succeeds([*install, *(package.name for package in packages)], quiet)


# --- uv and the virtual environment ------------------------------------------------------------


def provide_uv(environment: Mapping[str, str]) -> None:
    """Put the pinned uv into .uv/, with pip and away from the project's own environment."""
    if UV.exists() and uv_version(environment) == UV_REQUIREMENT.replace("==", " "):
        return
    say(f"fetching {UV_REQUIREMENT}")
    shutil.rmtree(UV_HOME, ignore_errors=True)
    python = UV_HOME / "bin" / "python"
    # `venv` with pip needs ensurepip, which Debian leaves out; without pip it always works.
    run([sys.executable, "-m", "venv", "--without-pip", str(UV_HOME)], environment)
    pip = pip_command(python, environment)
    run([*pip, "install", "--quiet", "--no-deps", UV_REQUIREMENT], environment)


def uv_version(environment: Mapping[str, str]) -> str:
    """`uv 1.2.3`, or the empty string when the program does not run."""
    command = [str(UV), "--version"]
    found = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    return " ".join(found.stdout.split()[:2])


def pip_command(python: Path, environment: Mapping[str, str]) -> list[str]:
    """A pip that installs into the environment of `python`: its own, else this Python's."""
    if importlib.util.find_spec("ensurepip") is not None:
        run([str(python), "-m", "ensurepip"], environment, quiet=True)
        return [str(python), "-m", "pip"]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", str(python)]
    raise CannotSetUp("no pip for this Python; install python3-venv and try again")


def provide_virtual_environment(environment: Mapping[str, str]) -> None:
    """Bring .venv to exactly what uv.lock says; a working one keeps its Python."""
    say("installing the locked dependencies")
    command = [str(UV), "sync", "--frozen", "--quiet", "--compile-bytecode", "--extra", "all"]
    if not supports_project(VENV / "bin" / "python", environment):
        shutil.rmtree(VENV, ignore_errors=True)
        command += ["--python", sys.executable]
    run(command, environment)


def supports_project(python: Path, environment: Mapping[str, str]) -> bool:
    check = f"import sys; sys.exit(sys.version_info < {PYTHON_MIN})"
    return python.exists() and succeeds([str(python), "-c", check], environment)


# --- processes ---------------------------------------------------------------------------------


def run(command: Sequence[str], environment: Mapping[str, str], *, quiet: bool = False) -> None:
    """Run a step of the set-up in the checkout; it must succeed."""
    output = subprocess.DEVNULL if quiet else None
    result = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, stdin=subprocess.DEVNULL, stdout=output
    )
    if result.returncode != 0:
        step = " ".join([Path(command[0]).name, *command[1:4]])
        raise CannotSetUp(f"this step failed, see above: {step} (exit code {result.returncode})")


def succeeds(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
