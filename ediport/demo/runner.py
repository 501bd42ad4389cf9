"""Runs the demo, and the platform alone."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ediport import settings as settings_module
from ediport.demo import tally
from ediport.demo.home import DemoHome, free_port, prepare
from ediport.demo.news import News
from ediport.demo.receiver import read_answers
from ediport.demo.tally import Tally
from ediport.demo.view import View
from ediport.guides import library
from ediport.ledger.port import Ledger
from ediport.process import on_stop_signals
from ediport.settings import Settings
from ediport.supervisor import Service, Supervisor
from ediport.wiring import platform
from ediport.x12.errors import EdiportError

demo_s_max: Final = 300.0
"""The demo fails when its claims do not have their final states after this time."""

look_s: Final = 0.25
"""How often the supervisor and the view look."""

API_PORT: Final = 8080

EXIT_DONE: Final = 0
EXIT_UNFINISHED: Final = 1
EXIT_USAGE: Final = 2

SERVICES: Final = (
    Service("bridge", "services.bridge"),
    Service("translator", "services.translator"),
    Service("api", "services.api"),
)
"""The platform; the number of translators is a setting."""


def run(*, home: Path | None = None, once: bool = False) -> int:
    """The demo; returns its exit code.

    It ends when every claim has its final state and every answer is delivered (0), or when
    `demo_s_max` is over (1). On a terminal and without `once` it leaves the platform running until
    it is told to stop. In a home that was used before it goes on where it was.
    """
    once = once or not sys.stdout.isatty()

    def action() -> int:
        with _home_folder(home, once) as path:
            own = settings_module.load(home=path, api_port=free_port(API_PORT))
            return _Demo(prepare(path), own).run(once=once)

    return _told(action)


def up(*, home: Path | None = None) -> int:
    """The platform in `home` until it is told to stop; returns the exit code."""
    own = settings_module.load(home=home)
    view = View(live=False)

    def action() -> int:
        with platform(own):
            view.say(f"home      {own.home}")
        stop = _stop_on_signals()
        with Supervisor(own, platform_services(own)) as supervisor:
            view.say(f"API       {_url(own)}   (Ctrl-C stops)")
            _follow(supervisor, News(own.home / "logs"), view, stop)
        return EXIT_DONE

    return _told(action)


def platform_services(own: Settings) -> list[Service]:
    """The services of a platform with as many translators as the settings want."""
    extra = [Service(f"translator-{n}", "services.translator") for n in range(2, own.workers + 1)]
    return [*SERVICES, *extra]


class _Demo:
    """One run of the demo in a prepared home."""

    def __init__(self, demo: DemoHome, own: Settings) -> None:
        self._demo = demo
        self._settings = own
        self._view = View(live=sys.stdout.isatty())
        self._stop = _stop_on_signals()

    def run(self, *, once: bool) -> int:
        receiver = Service("receiver", "ediport.demo.receiver", (str(self._demo.receiver_port),))
        simulator = Service("simulator", "ediport.simulator")
        services = [receiver, simulator, *platform_services(self._settings)]
        self._view.say(f"home      {self._demo.path}")
        library()
        with (
            platform(self._settings) as wired,
            Supervisor(self._settings, services) as supervisor,
        ):
            news = News(self._settings.home / "logs")
            supervisor.tend()
            for name in self._demo.drop():
                self._view.say(f"dropped   {name} into {self._demo.inbox}")
            self._wait(supervisor, wired.ledger, news)
            account = tally.tally(wired.ledger)
            account.add_rejected_at_intake(self._demo.rejected_claims())
            self._tell(account, wired.ledger)
            if not once and not self._stop.is_set():
                self._view.say(f"API       {_url(self._settings)}   (Ctrl-C stops)")
                _follow(supervisor, news, self._view, self._stop)
        return EXIT_DONE if self._is_done(account) else EXIT_UNFINISHED

    def _wait(self, supervisor: Supervisor, ledger: Ledger, news: News) -> None:
        """Until everything has its end, the time is over, or a stop is asked for."""
        self._view.say(f"API       {_url(self._settings)}")
        deadline = time.monotonic() + demo_s_max
        with self._view.live():
            while time.monotonic() < deadline and not self._stop.wait(look_s):
                supervisor.tend()
                self._view.show(tally.by_partner(ledger), news.latest())
                if self._is_finished(ledger):
                    return

    def _is_finished(self, ledger: Ledger) -> bool:
        """Cheap questions first: the account is unit by unit."""
        settled = self._demo.is_taken_in() and tally.is_settled(tally.states(ledger))
        return settled and tally.tally(ledger).is_complete

    def _is_done(self, account: Tally) -> bool:
        return account.is_complete and account.total(tally.CLAIMS_IN) > 0

    def _tell(self, account: Tally, ledger: Ledger) -> None:
        self._view.account(account, self._demo.rejected_rows())
        self._view.say(f"receiver  {len(read_answers(self._demo.answers))} distinct answers")
        if not self._is_done(account):
            counts = ", ".join(f"{n} {s}" for s, n in tally.states(ledger).items()) or "no claims"
            open_units = len(account.unfinished)
            self._view.say(f"not done  {open_units} claims without their end ({counts})")


def _follow(supervisor: Supervisor, news: News, view: View, stop: threading.Event) -> None:
    """Keep the services running and tell what they do, until told to stop."""
    while not stop.wait(look_s):
        supervisor.tend()
        for line in news.latest():
            view.say(line)


def _url(own: Settings) -> str:
    return f"http://{own.api_host}:{own.api_port}/"


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    on_stop_signals(stop.set)
    return stop


@contextlib.contextmanager
def _home_folder(home: Path | None, once: bool) -> Iterator[Path]:
    """The folder that was asked for, or a temporary one, which `once` takes away afterwards."""
    if home is not None:
        yield home.expanduser().resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="ediport-demo-"))
    try:
        yield made
    finally:
        if once:
            shutil.rmtree(made, ignore_errors=True)


def _told(action: Callable[[], int]) -> int:
    """The exit code; our own errors become a line on standard error, without document values."""
    try:
        return action()
    except EdiportError as error:
        sys.stderr.write(f"ediport: {error}\n")
        return EXIT_USAGE
