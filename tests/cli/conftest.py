"""The command line as a user meets it: a process with arguments, output and a status."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kikimimi.audio.writing import write_wav
from kikimimi.types import Clip

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `kikimimi ARGUMENTS` in an empty home, with a library of its own."""

    def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "KIKIMIMI_LIBRARY": str(tmp_path / "test.kikimimi"),
            "OMP_NUM_THREADS": "1",
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            **environment,
        }
        return subprocess.run(
            [sys.executable, "-m", "kikimimi", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=variables,
            check=False,
            timeout=300,
        )

    return call


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """A folder of tones, one of them named in Japanese, and a text file named .wav."""
    folder = tmp_path / "音 sounds"
    for name, pitch_hz in (("low.wav", 110), ("ドア/高い.wav", 3000), ("middle tone.wav", 700)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        time_s = np.arange(16000) / 16000
        samples = 0.5 * np.sin(2 * np.pi * pitch_hz * time_s)
        write_wav(path, Clip(samples[None].astype(np.float32), 16000))
    (folder / "text.wav").write_text("no sound")
    return folder
