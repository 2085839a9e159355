"""`kikimimi listen --serve` as a user meets it: a page beside the listener, and how both end."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from kikimimi.audio.writing import write_wav
from kikimimi.cli.app import app
from kikimimi.errors import AudioError, ConfigError
from kikimimi.types import Clip
from kikimimi.web.server import bind

_PAGE = ("--serve", "--port", "0", "--no-browser", "--no-events")
RATE_HZ = 8000
NOISE = np.random.default_rng(0).standard_normal(2 * RATE_HZ) / 10


class Listening:
    """A running `kikimimi listen --serve`."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kikimimi", "listen", *map(str, arguments), *_PAGE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={
                **{"PATH": os.environ["PATH"], "HOME": str(folder), "OMP_NUM_THREADS": "1"},
                **{"KIKIMIMI_LIBRARY": str(folder / "test.kikimimi"), "PYTHONUTF8": "1"},
            },
        )
        assert self.process.stderr is not None
        self.told = ""
        while "#/live" not in self.told:
            line = self.process.stderr.readline().decode()
            assert line, self.told
            self.told += line
        found = re.search(r"http://127\.0\.0\.1:(\d+)/#/live", self.told)
        assert found, self.told
        self.port = int(found[1])

    def news(self, **headers: str) -> dict:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/api/live", headers=headers)
        answer = connection.getresponse()
        return {"status": answer.status, **json.load(answer)}

    def until(self, is_so) -> dict:
        end = time.monotonic() + 60
        while not is_so(news := self.news()):
            assert time.monotonic() < end, news
            time.sleep(0.05)
        return news


@pytest.fixture
def start(tmp_path):
    started: list[Listening] = []

    def call(*arguments: object) -> Listening:
        started.append(Listening(tmp_path, *arguments))
        return started[-1]

    yield call
    for listening in started:
        listening.process.kill()
        listening.process.wait()


def test_a_stream_is_shown_and_the_page_goes_with_it(start):
    listening = start("-", "--rate", RATE_HZ, "--no-audio")
    pipe = listening.process.stdin
    pipe.write((NOISE * 32768).astype("<i2").tobytes())
    pipe.flush()
    news = listening.until(lambda news: len(news["levels"]) == 2)
    assert news["now"]["state"] == "heard" and news["started"]["source"] == "standard input"
    assert not news["keeps_audio"] and len(news["rows"]["end_s"]) == 2
    assert news["levels"][1]["LAeq"] == pytest.approx(-21, abs=2)
    assert listening.news(Host="evil.example")["status"] == 403
    pipe.close()
    assert listening.process.wait(timeout=60) == 0


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
def test_the_page_of_a_recording_stays_until_it_is_ended(start, tmp_path):
    write_wav(tmp_path / "day.wav", Clip(NOISE[None].astype(np.float32), RATE_HZ))
    listening = start("day.wav")
    news = listening.until(lambda news: news["now"]["state"] == "ended")
    assert news["now"]["heard_s"] == 2 and len(news["rows"]["end_s"]) == 20
    time.sleep(0.3)
    assert listening.process.poll() is None
    listening.process.send_signal(signal.SIGINT)
    assert listening.process.wait(timeout=60) == 0
    told = listening.told + listening.process.stderr.read().decode()
    assert "the page stays until Ctrl-C" in told


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("no.wav",), AudioError, "no.wav: cannot be opened"),
        (("-", "--host", "192.0.2.1"), ConfigError, "cannot listen at 192.0.2.1"),
        (("-", "--rules", "stret"), ConfigError, "no file of rules 'stret'"),
    ],
)
def test_what_cannot_be_heard_or_served_opens_no_page(tmp_path, arguments, kind, message):
    done = CliRunner().invoke(
        app(only="listen"),
        ["listen", *arguments, *_PAGE, "--library", str(tmp_path / "x.kikimimi")],
        input=b"",
    )
    assert isinstance(done.exception, kind) and message in str(done.exception)
    assert "live page" not in done.stderr


def test_a_busy_port_is_named(tmp_path):
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        call = ["-", "--serve", "--port", str(port), "--library", str(tmp_path / "x")]
        done = CliRunner().invoke(app(only="listen"), ["listen", *call], input=b"")
    assert f"port {port}" in str(done.exception)
