"""A real server over a small library of real sounds, for the tests in Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kikimimi.library.library import Library

_CLASSES = {  # folder of the library: class of ESC-50
    "動物/犬": 0,
    "動物/猫": 5,
    "天候/雨": 10,
    "天候/雷": 19,
    "Doors/knocks": 30,
    "Machines/clock": 38,
}
_OF_EACH = 5
_START_LIMIT_S = 60


@pytest.fixture(scope="session")
def sound_folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty clips of ESC-50 in folders with Japanese and English names."""
    folder = tmp_path_factory.mktemp("sounds") / "Sounds 音"
    for name, category in _CLASSES.items():
        (folder / name).mkdir(parents=True)
        clips = sorted((shared_data / "esc50" / "audio").glob(f"*-{category}.*"))[:_OF_EACH]
        for clip in clips:
            shutil.copy(clip, folder / name / f"{Path(name).name}_{clip.name}")
    return folder


@pytest.fixture(scope="session")
def indexed_library(sound_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of `sound_folder`; never written by tests."""
    path = tmp_path_factory.mktemp("library") / "library.kikimimi"
    with Library(path) as library:
        library.index([sound_folder], workers=1)
    return path


Serve = Callable[[Path], str]


@pytest.fixture
def serve(toy_generators: dict[str, Path]) -> Iterator[Serve]:
    """Starts `kikimimi serve` over a library; gives the address, ends the server after the test."""
    servers: list[subprocess.Popen[str]] = []

    def start(library: Path) -> str:
        command = [sys.executable, "-m", "kikimimi", "serve", "--no-browser", "--port", "0"]
        server = subprocess.Popen(
            [*command, "--library", str(library)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "KIKIMIMI_GENERATOR": str(toy_generators["vae"])},
        )
        servers.append(server)
        assert server.stdout is not None
        for line in server.stdout:
            if "http://" in line:
                return line[line.index("http://") :].split()[0].rstrip("/")
        raise AssertionError(f"the server ended with status {server.wait()}")

    yield start
    for server in servers:
        server.terminate()
        server.wait(timeout=_START_LIMIT_S)
