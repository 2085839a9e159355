"""Versions of clips: one, two or three sounds at once, made in the waveform.

Axes: V versions, T samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kikimimi.pretraining.text_alignment.recipe import MixtureSettings
from kikimimi.types import FloatArray

VERSION_S = 5.0

_BLOCK_S = 0.1
_LOUD_SHARE = 0.2
_SILENT = 1e-5


@dataclass(frozen=True, slots=True)
class Version:
    """A version of clip `clips[0]`, with `clips[1:]` mixed in `weaker_db` below it.

    `starts` in [0, 1] say where the stretch of each clip begins among all places it can.
    """

    clips: tuple[int, ...]
    weaker_db: tuple[float, ...]
    starts: tuple[float, ...]
    gain_db: float


def draw_versions(count: int, settings: MixtureSettings) -> list[Version]:
    """Draw the versions of `count` clips, clip by clip; the first of each is the clip itself."""
    generator = np.random.default_rng((settings.seed, count))
    shares = np.array(settings.sounds) / sum(settings.sounds)
    versions: list[Version] = []
    for clip in range(count):
        versions.append(Version((clip,), (), (0.0,), 0.0))
        for _ in range(settings.versions - 1):
            others = min(int(generator.choice(len(shares), p=shares)), count - 1)
            partners = generator.choice(count - 1, others, replace=False)
            clips = (clip, *(int(other) + (other >= clip) for other in partners))
            weaker = generator.uniform(0, settings.max_mix_db, others)
            starts = generator.random(len(clips))
            gain = float(generator.uniform(*settings.gain_db))
            versions.append(Version(clips, tuple(weaker.tolist()), tuple(starts.tolist()), gain))
    return versions


def version_samples(
    version: Version, waveforms: Sequence[FloatArray], sample_rate_hz: int
) -> FloatArray:
    """The samples (T,) of a version, at most `VERSION_S` long, within [-1, 1]."""
    length = round(VERSION_S * sample_rate_hz)
    parts = [
        _stretch(waveforms[clip], start, length)
        for clip, start in zip(version.clips, version.starts, strict=True)
    ]
    mixed = np.zeros(max(map(len, parts)), np.float32)
    mixed[: len(parts[0])] = parts[0]
    level = _level(parts[0], sample_rate_hz)
    for part, weaker_db in zip(parts[1:], version.weaker_db, strict=True):
        added = _level(part, sample_rate_hz)
        if min(level, added) > _SILENT:
            mixed[: len(part)] += part * np.float32(10 ** (-weaker_db / 20) * level / added)
    mixed *= np.float32(10 ** (version.gain_db / 20))
    peak = float(np.abs(mixed).max(initial=0.0))
    return mixed / np.float32(max(peak, 1.0))


def _stretch(samples: FloatArray, start: float, length: int) -> FloatArray:
    first = round(start * max(0, len(samples) - length))
    return samples[first : first + length]


def _level(samples: FloatArray, sample_rate_hz: int) -> float:
    """Root mean square of the loudest fifth, which silence around an event does not lower."""
    size = round(_BLOCK_S * sample_rate_hz)
    blocks = samples[: len(samples) // size * size].reshape(-1, size)
    powers = np.square(blocks if len(blocks) else samples[None]).mean(axis=1)
    loudest = max(1, round(_LOUD_SHARE * len(powers)))
    return float(np.sqrt(np.sort(powers)[-loudest:].mean()))
