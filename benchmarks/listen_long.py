"""A day of listening: memory, alerts that must not be lost, latency, and the share of a core.

    python benchmarks/listen_long.py ../shared/data/esc50 --hours 24 --kills 20

Sound that never ends, real clips of glass, sirens and crying babies over a faint noise, is fed as
fast as it goes to a listener with a webhook. The receiver is a process of its own; it is killed and
started again over and over. At the end every alert must have come. Then a few minutes are fed at
real speed: the time from the onset of a sound to the receiver, and the share of a core.
"""

import argparse
import csv
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.detection.registry import load_detector
from kikimimi.listening.assembly import ListenSettings, assembled
from kikimimi.listening.contract import Block, SoundFormat, Source
from kikimimi.listening.delivery.back_off import BackOff
from kikimimi.listening.rules.config import parse_rules

_CLASSES = ("glass_breaking", "siren", "crying_baby")
_BLOCK_S = 0.1
_NOISE = 0.001
_GAP_S = (5.0, 40.0)
_MARKS = 20
_RULES = """
actions: {{hook: {{kind: webhook, url: "http://127.0.0.1:{port}/", timeout_s: 5}}}}
rules:
  - {{name: glass, event: [Shatter, glass_breaking], score: 0.3, hold_off_s: 5}}
  - {{name: siren, event: Siren, score: 0.3, hold_off_s: 5}}
  - {{name: cry, event: ["Baby cry, infant cry", crying_baby], score: 0.3, hold_off_s: 5}}
"""


def main() -> None:
    """Feed, kill, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("esc50", type=Path, nargs="?")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--real-time-s", type=float, default=120.0)
    parser.add_argument("--rate", type=int, default=48000)
    parser.add_argument("--detector", default=None)
    parser.add_argument("--receive", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.receive:
        receive(int(options.receive[0]), Path(options.receive[1]))
        return
    found = measured(options)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:34s} {value}")


def measured(options) -> dict[str, object]:
    """Both parts."""
    import torch

    torch.set_num_threads(1)
    sounds = clips(options.esc50, options.rate)
    detector = load_detector(options.detector)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found = fed_at_speed(options, sounds, detector, place)
        if options.real_time_s > 0:
            found |= at_real_time(options, sounds, detector, place)
    return found


def clips(esc50: Path, rate_hz: int) -> list[np.ndarray]:
    """Mono clips of the classes that are listened for, fold 5."""
    table = next(esc50.rglob("esc50.csv"))
    with table.open() as file:
        rows = [r for r in csv.DictReader(file) if r["category"] in _CLASSES and r["fold"] == "5"]
    files = (next(esc50.rglob(f"{Path(row['filename']).stem}.*")) for row in rows)
    return [read_clip(file, sample_rate_hz=rate_hz, mono=True).samples[0] for file in files]


class Endless(Source):
    """Sounds over noise, in blocks, for some seconds; paced at real time if wanted."""

    name = "endless"

    def __init__(self, sounds, rate_hz: int, seconds: float, *, paced: bool, tap=None) -> None:
        self._sounds, self._rate_hz, self._seconds = sounds, rate_hz, seconds
        self._paced, self._tap = paced, tap
        self.events = 0

    def open(self) -> SoundFormat:
        return SoundFormat(self._rate_hz, 1)

    def close(self) -> None:
        return

    def blocks(self) -> Iterator[Block]:
        generator = np.random.default_rng(0)
        size = round(_BLOCK_S * self._rate_hz)
        noise = _NOISE * generator.standard_normal(64 * size).astype(np.float32)
        left, silence, began = noise[:0], 0, time.monotonic()
        for number in range(round(self._seconds / _BLOCK_S)):
            if not len(left):
                silence = round(generator.uniform(*_GAP_S) / _BLOCK_S)
                left = self._sounds[generator.integers(len(self._sounds))]
                self.events += 1
            start = int(generator.integers(len(noise) - size))
            block = noise[start : start + size].copy()
            if silence > 0:
                silence -= 1
            else:
                block[: len(left[:size])] += left[:size]
                left = left[size:]
            if self._tap is not None:
                self._tap(number * _BLOCK_S)
            if self._paced:
                time.sleep(max(0.0, began + (number + 1) * _BLOCK_S - time.monotonic()))
            yield Block(block[None])


class Receiver:
    """The process that takes alerts; it can be killed."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.port = _free_port()
        self.kills = 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, __file__, "--receive", str(self.port), str(self._log)]
        self._process = subprocess.Popen(command)

    def wait(self) -> None:
        """Return when it answers."""

        def answers() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        _wait(answers)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.kills += 1

    def got(self) -> list[dict]:
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text().splitlines()]


def receive(port: int, log: Path) -> None:
    """Answer posts; each is on the disk before it is answered."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            now = time.time()
            alert = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with log.open("a") as file:
                line = {"id": alert["id"], "time": alert["time"], "at": now}
                file.write(json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments) -> None:
            return

    HTTPServer(("127.0.0.1", port), Handler).serve_forever()


def fed_at_speed(options, sounds, detector, folder: Path) -> dict[str, object]:
    """As fast as it goes, while the receiver comes and goes."""
    seconds = options.hours * 3600
    receiver = Receiver(folder / "fast.jsonl")
    told: list[str] = []
    memory: list[tuple[float, float]] = []
    marks = iter([*np.linspace(0, seconds, _MARKS + 1)[1:].tolist(), np.inf])
    moments = np.linspace(0, seconds, options.kills + 2)[1:-1]
    changes = iter([*sorted([*moments, *(moments + 0.4 * (moments[:1].sum()))]), np.inf])
    state = {"mark": next(marks), "change": next(changes), "is_down": False}

    def tap(at_s: float) -> None:
        if at_s >= state["mark"]:
            memory.append((at_s / 3600, _resident_mib()))
            state["mark"] = next(marks)
        if at_s >= state["change"]:
            (receiver.start if state["is_down"] else receiver.kill)()
            state["is_down"] = not state["is_down"]
            state["change"] = next(changes)

    source = Endless(sounds, options.rate, seconds, paced=False, tap=tap)
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    lags: list[float] = []
    with _listener(options, detector, receiver.port, folder / "fast", told, lags) as listener:
        listener.run(source)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        if state["is_down"]:
            receiver.start()
        _wait(lambda: len({each["id"] for each in receiver.got()}) >= len(told))
    got = [each["id"] for each in receiver.got()]
    receiver.kill()
    hours, mib = np.array(memory).T
    settled = hours >= hours[-1] / 4
    growth = np.polyfit(hours[settled], mib[settled], 1)[0] if settled.sum() > 2 else np.nan
    return {
        "detector": detector.identity,
        "hours of sound": round(options.hours, 3),
        "sounds mixed in": source.events,
        "alerts": len(told),
        "receiver killed": options.kills,
        "alerts that never came": len(set(told) - set(got)),
        "alerts that came twice": len(got) - len(set(got)),
        "x real time, clock": round(seconds / wall_s, 1),
        "x real time, processor": round(seconds / cpu_s, 1),
        "onset to alert, sound s, median": round(float(np.median(lags)), 3),
        "onset to alert, sound s, most": round(float(np.max(lags)), 3),
        "resident MiB at each mark": [round(value) for value in mib],
        "growth MiB an hour, last 3/4": round(float(growth), 3),
    }


def at_real_time(options, sounds, detector, folder: Path) -> dict[str, object]:
    """Paced: what a street would give."""
    receiver = Receiver(folder / "paced.jsonl")
    receiver.wait()
    told: list[str] = []
    source = Endless(sounds, options.rate, options.real_time_s, paced=True)
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    with _listener(options, detector, receiver.port, folder / "paced", told, []) as listener:
        listener.run(source)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        _wait(lambda: len(receiver.got()) >= len(told))
    delays = [
        each["at"] - datetime.fromisoformat(each["time"]).timestamp() for each in receiver.got()
    ]
    receiver.kill()
    return {
        "real time, s": options.real_time_s,
        "real time, alerts": len(told),
        "real time, share of a core %": round(100 * cpu_s / wall_s, 1),
        "onset to receiver s, median": round(float(np.median(delays)), 3) if delays else None,
        "onset to receiver s, most": round(float(np.max(delays)), 3) if delays else None,
    }


def _listener(options, detector, port: int, state: Path, told: list[str], lags: list[float]):
    def publish(kind: str, data: dict) -> None:
        if kind == "alert":
            told.append(data["id"])
            lags.append(data["told_s"] - data["onset_s"])

    settings = ListenSettings(
        rules=parse_rules(_RULES.format(port=port), where="benchmark"),
        detector=detector,
        state=state,
        back_off=BackOff(first_s=0.1, most_s=1.0),
    )
    return assembled(settings, publish=publish)


def _wait(is_done, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not is_done() and time.monotonic() < end:
        pause.wait(0.1)


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _free_port() -> int:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


if __name__ == "__main__":
    main()
