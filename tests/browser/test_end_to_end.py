"""The page in Chromium, over a real server and real sounds: one node script for each part of it."""

import os
import socket
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from node_tools import FOLDER, chromium, node, node_modules

from kikimimi.audio.reading import read_clip
from kikimimi.audio.writing import write_wav

_FIRST_START = FOLDER / "end_to_end" / "first_start.test.js"
_LIVE = FOLDER / "end_to_end" / "live.test.js"
_SCRIPTS = sorted(set((FOLDER / "end_to_end").glob("*.test.js")) - {_FIRST_START, _LIVE})
_LIMIT_S = 900


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.name.partition(".")[0])
def test_page(
    script: Path,
    serve: Callable[[Path], str],
    indexed_library: Path,
    sound_folder: Path,
    tmp_path: Path,
) -> None:
    """Each script gets a copy of the library, so that none sees what another one did.

    A browser without a graphics card on a busy machine is late at times: what fails is tried once
    more from the start, and told of as a warning.
    """
    take = _take(sound_folder, tmp_path)

    def run(library: Path) -> subprocess.CompletedProcess[str]:
        _copy_library(indexed_library, library)
        return _run(script, library, serve(library), SOUNDS=str(sound_folder), TAKE=str(take))

    first = run(tmp_path / "library.kikimimi")
    if first.returncode == 0:
        return
    warnings.warn(f"{script.name} failed at first:\n{first.stdout}", stacklevel=1)
    again = run(tmp_path / "again.kikimimi")
    assert again.returncode == 0, again.stdout + again.stderr


def test_first_start(serve: Callable[[Path], str], sound_folder: Path, tmp_path: Path) -> None:
    """Without a library the page asks for a folder, and shows what it finds there."""
    library = tmp_path / "new" / "library.kikimimi"
    done = _run(_FIRST_START, library, serve(library), SOUNDS=str(sound_folder))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a listener is ended as POSIX does")
def test_live_page(shared_data: Path, tmp_path: Path) -> None:
    """The script starts the listener itself, since it also ends it and starts it again."""
    clip = read_clip(
        shared_data / "esc50" / "audio" / "1-100032-A-0.ogg", sample_rate_hz=16000, mono=True
    )
    (tmp_path / "clip.raw").write_bytes((clip.samples[0] * 32767).astype("<i2").tobytes())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = _run(
        *(_LIVE, tmp_path / "none.kikimimi", f"http://127.0.0.1:{port}"),
        **{"PYTHON": sys.executable, "PORT": str(port), "CLIP": str(tmp_path / "clip.raw")},
        FOLDER=str(tmp_path),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _run(
    script: Path, library: Path, address: str, **places: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "CHROMIUM": chromium(),
        "KIKIMIMI_NODE_MODULES": str(node_modules()),
        "LIBRARY": str(library),
        "BASE": address,
        **places,
    }
    command = [node(), "--test", "--test-concurrency=1", str(script)]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_LIMIT_S
    )


def _copy_library(library: Path, target: Path) -> None:
    with sqlite3.connect(library) as source, sqlite3.connect(target) as copy:
        source.backup(copy)


def _take(sound_folder: Path, folder: Path) -> Path:
    """A knock as the WAV file that Chromium plays into its microphone."""
    clip = min((sound_folder / "Doors" / "knocks").iterdir())
    write_wav(folder / "take.wav", read_clip(clip, sample_rate_hz=48000), subtype="PCM_16")
    return folder / "take.wav"
