"""Set-up's decisions, without running it."""

import os
import sys
from pathlib import Path

import pytest

from tools import set_up
from tools.set_up import AptPackage, CannotSetUp


def test_apt_packages_are_read_with_probes_and_use() -> None:
    text = "# a comment\n\ngpg   command:gpg|file:/usr/bin/gpg   signed files, which are left out\n"
    assert set_up.read_apt_packages(text) == [
        AptPackage("gpg", ("command:gpg", "file:/usr/bin/gpg"), "signed files, which are left out")
    ]


def test_the_list_of_apt_packages_is_well_formed() -> None:
    packages = set_up.read_apt_packages(set_up.APT_PACKAGES.read_text("utf-8"))
    assert packages
    assert all(isinstance(set_up.is_present(package), bool) for package in packages)


@pytest.mark.parametrize(
    ("probes", "present"),
    [
        (("module:json",), True),
        (("module:no_such_module",), False),
        (("module:no_such_module", "command:python3"), True),
        (("command:no-such-program",), False),
        ((f"file:{sys.executable}",), True),
        (("file:/no/such/file",), False),
    ],
)
def test_a_package_is_present_when_one_probe_succeeds(
    probes: tuple[str, ...], present: bool
) -> None:
    assert set_up.is_present(AptPackage("some", probes, "something")) is present


def test_an_unknown_probe_is_refused() -> None:
    with pytest.raises(CannotSetUp, match="unknown probe"):
        set_up.probe_succeeds("library:ssl")


def test_a_missing_package_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    package = AptPackage("some-broker", ("command:no-such-program",), "the broker tests")
    set_up.provide_system_packages([package], {"EDIPORT_SETUP_APT": "0"})
    assert capsys.readouterr().out == (
        "set-up: system package some-broker is missing; needed by the broker tests\n"
    )


def test_nothing_is_said_when_all_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    set_up.provide_system_packages([AptPackage("p", ("module:json",), "us")], {})
    assert capsys.readouterr().out == ""


def test_one_certificate_bundle_serves_both_tools() -> None:
    settings = set_up.certificate_settings({"PIP_CERT": "/site.pem"})
    assert settings["SSL_CERT_FILE"] == settings["PIP_CERT"] == "/site.pem"


def test_a_tool_keeps_the_bundle_it_was_given() -> None:
    settings = set_up.certificate_settings({"PIP_CERT": "/a.pem", "SSL_CERT_FILE": "/b.pem"})
    assert (settings["PIP_CERT"], settings["SSL_CERT_FILE"]) == ("/a.pem", "/b.pem")


def test_without_bundles_none_is_named() -> None:
    assert set(set_up.certificate_settings({})) <= {"UV_SYSTEM_CERTS"}


def test_settings_that_point_elsewhere_are_dropped(tmp_path: Path) -> None:
    given = dict.fromkeys(set_up.REDIRECTIONS, "/elsewhere") | {"XDG_CACHE_HOME": str(tmp_path)}
    environment = set_up.tool_environment(given)
    assert not set(set_up.REDIRECTIONS) & set(environment)
    assert environment["PIP_CONSTRAINT"] == os.devnull
    assert "UV_CACHE_DIR" not in environment


def test_a_cache_that_is_not_ours_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: -1)
    environment = set_up.tool_environment({"XDG_CACHE_HOME": "/"})
    assert environment["UV_CACHE_DIR"] == str(set_up.UV_HOME / "cache")


def test_a_python_that_runs_and_is_new_enough_is_kept(tmp_path: Path) -> None:
    assert set_up.supports_project(Path(sys.executable), os.environ)
    assert not set_up.supports_project(tmp_path / "python", os.environ)


def test_an_old_python_without_a_newer_one_ends_the_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10))
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(CannotSetUp, match=r"Python 3\.11 or newer is missing"):
        set_up.restart_under_supported_python()


def test_a_failing_step_names_itself() -> None:
    with pytest.raises(CannotSetUp, match=r"-c exit\(3\).*exit code 3"):
        set_up.run([sys.executable, "-c", "exit(3)"], os.environ)
