"""The sounds that something is made of. Axes: T samples at 16 kHz."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.audio.sources import open_source
from kikimimi.errors import AudioError
from kikimimi.generation.contract import LONGEST_S
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

SHORTEST_SOURCE_S = GENERATION_MEL.win_length / GENERATION_MEL.sample_rate_hz
"""One window of the spectrogram, 64 ms."""

_SILENT = 2e-5
"""Peaks under this, -94 dBFS, leave nothing in a spectrogram."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceSound:
    """A sound to make others of: `samples` (T,) float32 at 16 kHz."""

    name: str
    samples: FloatArray
    notes: tuple[str, ...] = ()
    """What was done to the sound on its way in, for people."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / GENERATION_MEL.sample_rate_hz


def read_source(path: Path, *, name: str | None = None) -> SourceSound:
    """Read a sound of any format: one channel, 16 kHz, one minute at most.

    Args:
        path: the file.
        name: what it is called; that of the file if not given.

    Raises:
        AudioError: it cannot be read, holds NaN, is shorter than 64 ms, or is silent.
    """
    with open_source(path) as source:
        recording = source.recording
    rate_hz = GENERATION_MEL.sample_rate_hz
    clip = read_clip(path, sample_rate_hz=rate_hz, mono=True, end_s=LONGEST_S)
    samples = np.ascontiguousarray(clip.samples[0])
    where = display_path(path)
    if len(samples) < GENERATION_MEL.win_length:
        count = "1 sample" if recording.frames == 1 else f"{recording.frames} samples"
        raise AudioError(
            f"{where}: holds {count}, {recording.duration_s:.4f} s; give a sound of "
            f"{SHORTEST_SOURCE_S:g} s or more"
        )
    if np.abs(samples).max() < _SILENT:
        raise AudioError(f"{where}: is silent, so nothing can be made of it; give another sound")
    notes = []
    if recording.channels > 1:
        notes.append(f"its {recording.channels} channels were mixed down to one")
    if recording.duration_s > LONGEST_S:
        notes.append(f"only the first {LONGEST_S:g} s of {recording.duration_s:.1f} s were heard")
    if recording.sample_rate_hz > rate_hz:
        notes.append(f"what lies above {rate_hz // 2000} kHz was left out")
    return SourceSound(name or display_path(path.name), samples, tuple(notes))
