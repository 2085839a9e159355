"""Sounds and clients for the tests of the server."""

from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

from kikimimi.audio.writing import write_wav
from kikimimi.types import Clip
from kikimimi.web.app import create_app
from kikimimi.web.settings import ServerSettings

RATE_HZ = 16000


def write_tone(path: Path, pitch_hz: float, *, seconds: float = 1.0, channels: int = 1) -> Path:
    """A tone in a little noise, the same each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(round(pitch_hz)).standard_normal((channels, len(time_s)))
    samples = 0.4 * np.sin(2 * np.pi * pitch_hz * time_s) + 0.01 * noise
    write_wav(path, Clip(samples.astype(np.float32), RATE_HZ), subtype="PCM_16")
    return path


def open_client(settings: ServerSettings) -> TestClient:
    return TestClient(create_app(settings), base_url=f"http://127.0.0.1:{settings.port}")
