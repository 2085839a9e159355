"""A small data set on which a small network learns in seconds: tones, hisses and clicks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE_HZ = 16000


def _tone(generator: np.random.Generator, times: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * generator.uniform(300, 500) * times)


def _hiss(generator: np.random.Generator, times: np.ndarray) -> np.ndarray:
    return 0.3 * generator.standard_normal(len(times))


def _clicks(generator: np.random.Generator, times: np.ndarray) -> np.ndarray:
    period = int(generator.integers(1500, 2500))
    clicks = np.zeros(len(times))
    clicks[::period] = 0.9
    return clicks


_MAKERS: dict[str, Callable[[np.random.Generator, np.ndarray], np.ndarray]] = {
    "clicks": _clicks,
    "hiss": _hiss,
    "音": _tone,
}


@pytest.fixture(scope="session")
def toy_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of folders: 3 classes, 10 clips of 1.2 s each."""
    root = tmp_path_factory.mktemp("toy")
    times = np.arange(int(1.2 * RATE_HZ)) / RATE_HZ
    for name, maker in _MAKERS.items():
        (root / name).mkdir()
        for number in range(10):
            generator = np.random.default_rng((number, len(name), ord(name[0])))
            samples = 0.5 * maker(generator, times) * generator.uniform(0.3, 1)
            soundfile.write(root / name / f"{number}.wav", samples, RATE_HZ)
    return root
