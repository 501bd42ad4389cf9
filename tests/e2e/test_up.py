"""`ediport up`: the platform alone, and its API."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import httpx

from ediport import settings
from ediport.demo.home import free_port
from tests.e2e.platform_home import COMMAND, ROOT, patience_s, wait_for

DEMO_AGREEMENTS = ROOT / "schemas" / "partners" / "demo"


def environment(port: int) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith(settings.PREFIX)}
    return own | {"EDIPORT_API_PORT": str(port)}


def test_the_api_answers_until_the_platform_is_told_to_stop(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port(0)
    shutil.copytree(DEMO_AGREEMENTS, home / "agreements")
    command = [str(COMMAND), "up", "--home", str(home)]
    with subprocess.Popen(command, env=environment(port), stdout=subprocess.PIPE, text=True) as up:
        base = f"http://127.0.0.1:{port}"
        try:
            wait_for(lambda: answers(base), "the API")
            assert httpx.get(f"{base}/health").json()["status"] == "ok"
            assert httpx.get(f"{base}/v1/transactions").json() == {"items": [], "next_cursor": None}
            assert "None yet" in httpx.get(base).text
        finally:
            up.send_signal(signal.SIGTERM)
        output, _ = up.communicate(timeout=patience_s)
        assert f"{base}/" in output
        assert up.returncode == 0


def answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health").is_success
    except httpx.TransportError:
        return False


def test_without_an_agreement_it_says_what_is_missing(tmp_path: Path) -> None:
    command = [str(COMMAND), "up", "--home", str(tmp_path)]
    done = subprocess.run(
        command, env=environment(0), capture_output=True, text=True, timeout=patience_s, check=False
    )
    assert done.returncode == 2
    assert "agreement" in done.stderr
    assert "Traceback" not in done.stderr
