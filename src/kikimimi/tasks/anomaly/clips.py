"""Clips of normal sound, and the sounds that are judged by them. Axes: T samples."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.probing import probe
from kikimimi.audio.reading import read_clip
from kikimimi.audio.windows import stream_windows
from kikimimi.errors import AnomalyError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Window


@dataclass(frozen=True, slots=True, eq=False)
class SoundClip:
    """Mono `samples` (T,) of a stretch of a file."""

    path: Path
    window: Window
    samples: FloatArray

    @property
    def is_silent(self) -> bool:
        """Whether it is digital silence: its samples do not vary at all."""
        return not np.ptp(self.samples) > 0


def sound_clips(path: Path, *, sample_rate_hz: int, clip_s: float | None) -> Iterator[SoundClip]:
    """The clips of a file: all of it if `clip_s` is None, else one after the other.

    The last clip ends with the sound. Memory is bounded if `clip_s` is given.

    Raises:
        AudioError: the file cannot be read.
    """
    if clip_s is None:
        clip = read_clip(path, sample_rate_hz=sample_rate_hz, mono=True)
        yield SoundClip(path, Window(0.0, clip.duration_s), clip.samples[0])
        return
    for window, samples in stream_windows(
        path,
        sample_rate_hz=sample_rate_hz,
        window_s=clip_s,
        hop_s=clip_s,
        min_s=0.0,
        quantum_s=0.0,
    ):
        yield SoundClip(path, window, samples)


def sounding_clips(path: Path, *, sample_rate_hz: int, clip_s: float | None) -> Iterator[SoundClip]:
    """The clips of a file, see `sound_clips`, none of which may be silent.

    Raises:
        AudioError: the file cannot be read.
        AnomalyError: a clip is silent.
    """
    for clip in sound_clips(path, sample_rate_hz=sample_rate_hz, clip_s=clip_s):
        place = "" if clip_s is None else f", {clip.window.start_s:g} to {clip.window.end_s:g} s"
        require_sound(clip.samples, where=display_path(path) + place)
        yield clip


def require_sound(samples: FloatArray, *, where: str) -> None:
    """Refuse digital silence: samples that do not vary at all.

    Raises:
        AnomalyError: so they are.
    """
    if not np.ptp(samples) > 0:
        raise silence(where)


def silence(where: str) -> AnomalyError:
    """What to raise for digital silence."""
    return AnomalyError(
        f"{where}: is silent (its samples do not vary); check the microphone or cable"
    )


def bandwidth_rate_hz(path: Path, sample_rate_hz: int) -> int:
    """The rate that decides which frequencies a file holds once it is resampled.

    Raises:
        AudioError: the file cannot be read.
    """
    return min(probe(path).sample_rate_hz, sample_rate_hz)
