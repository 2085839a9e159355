"""`kikimimi serve` as a user meets it: one address, a clean end, one line where it cannot."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kikimimi.cli.app import app
from kikimimi.errors import KikimimiError
from kikimimi.web.server import bind

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")


class Server:
    """A running `kikimimi serve`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kikimimi", "serve", "--no-browser", *arguments],
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={
                **{"PATH": os.environ["PATH"], "HOME": str(folder), "OMP_NUM_THREADS": "1"},
                **{"KIKIMIMI_LIBRARY": str(folder / "test.kikimimi"), "PYTHONUTF8": "1"},
            },
        )
        assert self.process.stderr is not None
        self.line = self.process.stderr.readline()
        found = re.search(r"http://([^/ ]+):(\d+)/(\S*)", self.line)
        assert found, self.line + self.process.stderr.read()
        self.port, self.rest = int(found[2]), found[3]

    def get(self, path: str, **headers: str):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        _, told = self.process.communicate(timeout=60)
        return self.process.returncode, told


@pytest.fixture
def start(tmp_path):
    started: list[Server] = []

    def call(*arguments: str) -> Server:
        started.append(Server(tmp_path, *arguments))
        return started[-1]

    yield call
    for server in started:
        server.process.kill()
        server.process.communicate()


def test_one_address_is_printed_and_ctrl_c_ends_it_though_a_page_is_open(start, tmp_path) -> None:
    server = start("--port", "0")
    assert server.get("/").status == 200
    status = json.load(server.get("/api/status"))
    assert status["library"]["exists"] is False
    assert not (tmp_path / "test.kikimimi").exists()
    stream = server.get("/api/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.readline() == b"retry: 1000\n"
    begun = time.monotonic()
    assert server.end() == (0, "ended; everything is kept\n")
    assert time.monotonic() - begun < 20
    assert b"event: hello" in stream.read()


def test_listening_to_others_needs_the_token_in_the_address(start) -> None:
    server = start("--host", "0.0.0.0", "--port", "0")
    assert server.rest.startswith("?token=") and len(server.rest) > 30
    assert server.get("/").status == 401
    entered = server.get("/" + server.rest)
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert server.get("/api/status", Cookie=cookie).status == 200
    assert server.end(signal.SIGTERM) == (0, "ended; everything is kept\n")


def call(*arguments: object) -> Any:
    """Run the verb in this process; what goes wrong at once needs no other."""
    return CliRunner().invoke(app(), ["serve", "--no-browser", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--host", "no.such.host.invalid"), "cannot listen"),
        (("--host", "192.0.2.1", "--port", 0), "cannot listen"),
        (("--token", "short", "--port", 0), "token"),
        (("--library", "note.txt", "--port", 0), "not a Kikimimi library"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_is_opened(
    tmp_path, monkeypatch, arguments, message
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIKIMIMI_LIBRARY", str(tmp_path / "test.kikimimi"))
    (tmp_path / "note.txt").write_text("this is no library")
    done = call(*arguments)
    assert isinstance(done.exception, KikimimiError)
    assert message in str(done.exception) and "\n" not in str(done.exception)


def test_a_given_port_must_be_free(tmp_path) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        done = call("--library", tmp_path / "x", "--port", port)
    assert str(done.exception).startswith(f"cannot listen at 127.0.0.1 port {port} (")


def test_where_none_is_given_another_takes_the_place_of_a_busy_one(monkeypatch) -> None:
    with bind("127.0.0.1", 0) as taken:
        monkeypatch.setattr("kikimimi.web.server.DEFAULT_PORT", taken.getsockname()[1])
        with bind("127.0.0.1", None) as other:
            assert other.getsockname()[1] != taken.getsockname()[1]


def test_help_names_the_default_port() -> None:
    done = CliRunner().invoke(app(), ["serve", "--help"], env={"COLUMNS": "200"})
    assert "8765" in done.output
