"""Sounds for the tests of `kikimimi.audio`."""

import numpy as np
import pytest

from kikimimi.types import FloatArray


@pytest.fixture(scope="session")
def sweep() -> FloatArray:
    """A stereo sweep (2, 132300) of 3 s at 44.1 kHz, the channels differ."""
    time_s = np.arange(3 * 44100) / 44100
    left = 0.5 * np.sin(2 * np.pi * (100 + 900 * time_s) * time_s)
    right = 0.25 * np.sin(2 * np.pi * 333 * time_s) + 0.1
    return np.stack([left, right]).astype(np.float32)
