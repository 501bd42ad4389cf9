"""A requester's side of the callbacks: takes answers, knows repeats by `webhook-id`, keeps count.

What was taken is one line a distinct answer in `<home>/receiver/answers.jsonl`, written before the
sender hears 204, so that a killed receiver forgets nothing that it confirmed. `EDIPORT_HOME` and the
port come from whoever starts it: `python -m ediport.demo.receiver PORT`.
"""

from __future__ import annotations

import json
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from ediport import process, settings

body_bytes_max: Final = 16_777_216
kept_members: Final = ("transaction_id", "partner", "source", "outcome")


class Ledger:
    """The answers that were taken, by id; safe between threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._ids = {row["id"] for row in read_answers(path)}
        self._file = path.open("ab")
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            self._file.write(b"\n")
        self._turn = threading.Lock()

    def take(self, answer_id: str, body: dict[str, object]) -> bool:
        """Keep an answer; False when it was there before."""
        with self._turn:
            if answer_id in self._ids:
                return False
            row = {"id": answer_id, **{name: body.get(name) for name in kept_members}}
            self._file.write(json.dumps(row).encode() + b"\n")
            self._file.flush()
            self._ids.add(answer_id)
            return True


def read_answers(path: Path) -> list[dict[str, str]]:
    """The answers in a file, without a line that a kill cut short."""
    rows = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


class Handler(BaseHTTPRequestHandler):
    """POST of JSON with a `webhook-id`: 204, whether it is new or a repeat."""

    protocol_version = "HTTP/1.1"

    def __init__(self, ledger: Ledger, *arguments: object) -> None:
        self._ledger = ledger
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_POST(self) -> None:
        answer_id = self.headers.get("webhook-id", "")
        length = int(self.headers.get("content-length", "0"))
        if not answer_id or not 0 < length <= body_bytes_max:
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError:
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        self._ledger.take(answer_id, body)
        self._answer(HTTPStatus.NO_CONTENT)

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Nothing: a request line is not ours to log."""


def main() -> int:
    """Runs until it is told to stop; returns the exit code."""
    own = settings.load()
    ledger = Ledger(own.home / "receiver" / "answers.jsonl")
    server = ThreadingHTTPServer((own.api_host, int(sys.argv[1])), partial(Handler, ledger))
    server.daemon_threads = True

    def serve(stop: threading.Event) -> None:
        threading.Thread(target=_shut_down, args=(server, stop), daemon=True).start()
        server.serve_forever(poll_interval=0.1)
        server.server_close()

    return process.run("receiver", {"http": serve}, lifeline=own.lifeline)


def _shut_down(server: ThreadingHTTPServer, stop: threading.Event) -> None:
    stop.wait()
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
