"""The values that travel between the parts: frozen, small, with units in their names.

Axis names used throughout the code: B clips, T samples, C channels, F mel bands, N frames,
D embedding size.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recording:
    """What can be known of an audio file without decoding it.

    `frames` counts sample frames (one per channel group); it is an estimate for formats that do
    not store it.
    """

    path: Path
    sample_rate_hz: int
    channels: int
    frames: int
    format: str
    subtype: str

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate_hz


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Samples in memory: `samples` (C, T) float32, nominally in [-1, 1]."""

    samples: FloatArray
    sample_rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.samples.shape[-1] / self.sample_rate_hz


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a recording, `start_s` inclusive, `end_s` exclusive."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Event:
    """A sound that was heard from `onset_s` to `offset_s`, with a score in [0, 1]."""

    onset_s: float
    offset_s: float
    event_label: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Tag:
    """A name given to a sound, with a score in [0, 1]."""

    name: str
    score: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """One vector (D,) float32 and the stretch of sound that it stands for."""

    vector: FloatArray
    window: Window
