"""Clips in memory, and their copies as another recording would have them.

Axes: V clips, T samples.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.conditions import Condition, named_condition
from kikimimi.audio.reading import read_clip
from kikimimi.datasets.records import LabelledClip
from kikimimi.errors import ConfigError
from kikimimi.tasks.robustness.recipe import ClipSettings
from kikimimi.types import FloatArray

CLEAN = "clean"
"""Name of the clips as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipSet:
    """`waveforms` (V, T) mono, `targets` (V,), and the files, whose names seed the noise."""

    waveforms: FloatArray
    targets: np.ndarray
    paths: tuple[Path, ...]
    sample_rate_hz: int


def read_clips(
    clips: Sequence[LabelledClip], settings: ClipSettings, *, sample_rate_hz: int
) -> ClipSet:
    """Decode clips, cut or padded with silence to one length.

    Raises:
        AudioError: a clip cannot be read; the message names it.
    """
    length = round(settings.clip_s * sample_rate_hz)
    waveforms = np.zeros((len(clips), length), np.float32)
    for row, clip in zip(waveforms, clips, strict=True):
        samples = read_clip(clip.path, sample_rate_hz=sample_rate_hz, mono=True).samples[0]
        row[: samples.size] = samples[:length]
    targets = np.array([clip.target for clip in clips])
    return ClipSet(waveforms, targets, tuple(c.path for c in clips), sample_rate_hz)


def choose(
    clips: Sequence[LabelledClip], *, test_fold: int, per_category_and_fold: int
) -> tuple[list[LabelledClip], list[LabelledClip]]:
    """Return the clips that train and those that test, the first few of each category and fold.

    Raises:
        ConfigError: there is no such fold, or nothing else to train on.
    """
    counts: dict[tuple[int, int], int] = {}
    chosen = []
    for clip in clips:
        key = (clip.target, clip.fold)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= per_category_and_fold:
            chosen.append(clip)
    train = [clip for clip in chosen if clip.fold != test_fold]
    test = [clip for clip in chosen if clip.fold == test_fold]
    if not train or not test:
        folds = sorted({clip.fold for clip in clips})
        raise ConfigError(f"fold {test_fold} cannot be tested; the data set has folds {folds}")
    return train, test


def conditions_of(names: Sequence[str]) -> dict[str, Condition]:
    """Return the conditions by name.

    Raises:
        ConfigError: a name is unknown or stands twice.
    """
    if len(set(names)) < len(names):
        raise ConfigError("a recording condition stands twice in the recipe; name each once")
    return {name: named_condition(name) for name in names}


def recorded(clips: ClipSet, name: str, condition: Condition, *, seed: int) -> FloatArray:
    """Return the waveforms (V, T) as recorded under a condition.

    The noise of a clip depends on the seed, the condition's name and the clip's file name alone,
    so that all methods hear the same copies.
    """
    return np.stack(
        [
            condition.apply(samples, clips.sample_rate_hz, _generator(seed, name, path.stem))
            for samples, path in zip(clips.waveforms, clips.paths, strict=True)
        ]
    )


def _generator(seed: int, *names: str) -> np.random.Generator:
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
