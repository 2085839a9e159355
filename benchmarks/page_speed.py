"""How fast the page is on a large library: `python benchmarks/page_speed.py --sounds 100000`.

Makes a library of that many sounds without files (names, tags, vectors, measures), starts
`kikimimi serve` on it and drives Chromium through it (`benchmarks/page_speed.mjs`, playwright-core
as the end-to-end tests have it). Measured, in a fresh browser with software rendering:

* the time from opening the address until the first rows of the list are on the screen;
* from each of 50 keystrokes in the search box until its result is on the screen (median, 95 %);
* the longest frame while the list is scrolled by the wheel for some seconds;
* the space: bytes of the values on the wire, the time until the first picture, and the median
  time of a frame while it turns, with all points (`full`) and with the points that the page itself
  chooses while moving (`auto`), at 100,000 and at 20,000 sounds.

Printed is a table with the bars, and how busy the machine was; `--json` prints one object. A busy
machine makes every figure worse.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kikimimi.audio.measures.values import OVERVIEW_POINTS, Measures
from kikimimi.library.library import Library
from kikimimi.library.measures import write_measures
from search_speed import fill_library, vector_source

DRIVER = Path(__file__).with_suffix(".mjs")
MODULES = Path(__file__).parents[1] / "tests" / "browser" / "node_modules"
"""Where npm puts playwright-core in tests/browser; KIKIMIMI_NODE_MODULES names another place."""
STARTED_WITHIN_S = 120.0
BARS = {
    "first_list_ms": 1000,
    "keystroke_p50_ms": 100,
    "longest_scroll_frame_ms": 50,
    "space_payload_bytes": 2_000_000,
    "space_first_picture_ms": 2000,
    "space_full_frame_ms": None,
    "space_auto_frame_ms": None,
    "small_space_full_frame_ms": 33.4,
}


def main() -> None:
    options = _options()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="kikimimi-page-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        results = _measure(folder / f"{options.sounds}.kikimimi", options.sounds, "all")
        small = _measure(folder / f"{options.small}.kikimimi", options.small, "space")
    finally:
        if options.folder is None:
            shutil.rmtree(folder)
    results |= {f"small_{name}": value for name, value in small.items()}
    results |= {"sounds": options.sounds, "small_sounds": options.small}
    results["load_average"] = os.getloadavg()[0]
    _print(results, as_json=options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=20_000, help="sounds of the smaller space")
    parser.add_argument("--folder", help="where the libraries are kept for the next run")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def make_library(path: Path, count: int) -> None:
    """A library of the default encoder whose sounds have everything but a file."""
    with Library(path) as library:
        library.create()
        fill_library(library.database, count, vector_source(None))
        ids = range(1, count + 1)
        with library.database.writing() as connection:
            write_measures(connection, ids, list(_measures(count)))


def _measures(count: int) -> Iterator[Measures]:
    generator = np.random.default_rng(1)
    figures = generator.standard_normal((count, 5))
    slopes = np.exp(-np.linspace(0, 4, OVERVIEW_POINTS))
    for loudness, brightness, noisiness, pitch, attack in figures.tolist():
        peaks = (100 * slopes * generator.uniform(0.3, 1, OVERVIEW_POINTS)).astype(np.int8)
        yield Measures(
            loudness_lufs=-24 + 6 * loudness,
            peak_db=-3.0,
            brightness_hz=float(1500 * np.exp(0.8 * brightness)),
            noisiness=float(1 / (1 + np.exp(-noisiness))),
            pitch_hz=float(200 * np.exp(0.7 * pitch)) if pitch > -0.5 else None,
            pitch_confidence=0.5,
            attack_s=float(0.02 * np.exp(attack)),
            temporal_centroid_s=0.5,
            overview=np.stack([-peaks, peaks], axis=1).tobytes(),
        )


def _measure(path: Path, count: int, part: str) -> dict[str, Any]:
    if not path.exists():
        make_library(path, count)
    with served(path) as address:
        modules = os.environ.get("KIKIMIMI_NODE_MODULES", str(MODULES))
        command = ["node", str(DRIVER), address, part, modules]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"the browser could not be driven: {done.stderr.strip()}")
    return json.loads(done.stdout)


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address of a server of the library."""
    port = _free_port()
    command = [sys.executable, "-m", "kikimimi", "serve", "--library", str(path)]
    server = subprocess.Popen(
        [*command, "--port", str(port), "--no-browser"], stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not start")


def _print(results: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(results))
        return
    print("| what | measured | bar |\n|---|---|---|")
    for name, value in results.items():
        bar = BARS.get(name)
        shown = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
        print(f"| {name} | {shown} | {'' if bar is None else f'{bar:,}'} |")


if __name__ == "__main__":
    main()
