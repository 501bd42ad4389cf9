"""`python -m services.api`: the HTTP API, and the callbacks to requesters."""

from __future__ import annotations

import sys
import threading
from typing import Final

import uvicorn

from ediport import flow, process, settings
from ediport.flow.parking import own_unit, parking
from ediport.messaging.queues import RESPONSES
from ediport.messaging.worker import consume
from ediport.process import Loop
from ediport.wiring import Platform, platform
from services.api import callbacks
from services.api.app import create_app
from services.api.callbacks import Caller

drain_s: Final = 5
"""Time that running requests have when the service stops."""


def main() -> int:
    """Runs until it is told to stop; returns the exit code."""
    own = settings.load()
    with platform(own) as wired:
        made: dict[str, Loop] = {"http": _http(wired), "callbacks": _callbacks(wired)}
        return process.run("api", made, lifeline=own.lifeline, log_level=own.log_level)


def _http(wired: Platform) -> Loop:
    config = uvicorn.Config(
        create_app(wired.ledger, wired.storage),
        host=wired.settings.api_host,
        port=wired.settings.api_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=drain_s,
    )
    server = uvicorn.Server(config)

    def serve(stop: threading.Event) -> None:
        """Serve in this thread; a second one waits for the stop and passes it on."""

        def pass_on() -> None:
            stop.wait()
            server.should_exit = True

        threading.Thread(target=pass_on, name="http-stop", daemon=True).start()
        server.run()

    return serve


def _callbacks(wired: Platform) -> Loop:
    parked = parking(wired.ledger, own_unit, flow.ANSWER_PARKED)

    def call(stop: threading.Event) -> None:
        with callbacks.new_client() as client:
            caller = Caller(wired.ledger, wired.registry, client)
            consume(
                wired.messaging,
                RESPONSES,
                caller,
                stop=stop,
                limits=callbacks.limits,
                parked=parked,
            )

    return call


if __name__ == "__main__":
    sys.exit(main())
