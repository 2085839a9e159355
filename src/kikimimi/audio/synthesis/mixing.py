"""Putting sounds at moments, into rooms, and into their final form. T samples."""

from collections.abc import Iterable

import numpy as np
from scipy import signal

from kikimimi.audio.synthesis.envelopes import decay
from kikimimi.audio.synthesis.filters import highpass
from kikimimi.audio.synthesis.noise import Spectrum, shaped, white
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, sample_count
from kikimimi.types import FloatArray

PEAK = 10 ** (-3 / 20)
"""Highest absolute sample of a finished sound: -3 dBFS."""

_FADE_IN_S = 0.003
_FADE_OUT_S = 0.03
_LOWEST_HZ = 18.0
_ROOM_TONE: Spectrum = ((50, 0.0), (400, -3.0), (3000, -9.0), (12000, -18.0))
_ROOM_TONE_LEVEL = 10 ** (-58 / 20)


def silence(duration_s: float) -> Samples:
    """Return zeros (T,)."""
    return np.zeros(sample_count(duration_s))


def add(target: Samples, sound: Samples, at_s: float, gain: float = 1.0) -> None:
    """Mix `sound` into `target` from `at_s` on, in place; what passes the end is dropped."""
    start = round(at_s * SAMPLE_RATE_HZ)
    room = target[start : start + sound.size]
    room += gain * sound[: room.size]


def sequence(duration_s: float, events: Iterable[tuple[float, Samples]]) -> Samples:
    """Return the mix (T,) of sounds, each given as (onset in seconds, samples)."""
    mix = silence(duration_s)
    for at_s, sound in events:
        add(mix, sound, at_s)
    return mix


def convolve(samples: Samples, response: Samples) -> Samples:
    """Return `samples` as heard through an impulse response, cut to their own length."""
    return signal.oaconvolve(samples, response)[: samples.size]


def reverberate(
    rng: np.random.Generator, samples: Samples, *, t60_s: float, level: float
) -> Samples:
    """Add the sound of a room: decaying noise as response, `level` relative to the direct sound."""
    length_s = min(t60_s, samples.size / SAMPLE_RATE_HZ)
    response = white(rng, length_s) * decay(length_s, t60_s)
    response /= np.sqrt(np.sum(response**2))
    return samples + level * convolve(samples, response)


def finish(rng: np.random.Generator, samples: Samples) -> FloatArray:
    """Return a sound ready to write: (1, T) float32, no DC, short fades, peak at -3 dBFS.

    A faint room tone is mixed in, because no recording is silent between its events.
    """
    tone = shaped(rng, samples.size / SAMPLE_RATE_HZ, _ROOM_TONE)
    mixed = samples / np.abs(samples).max() + _ROOM_TONE_LEVEL * tone
    clean = highpass(mixed, _LOWEST_HZ)
    fade_in, fade_out = sample_count(_FADE_IN_S), sample_count(_FADE_OUT_S)
    clean[:fade_in] *= np.sin(np.linspace(0, np.pi / 2, fade_in)) ** 2
    clean[-fade_out:] *= np.cos(np.linspace(0, np.pi / 2, fade_out)) ** 2
    clean *= PEAK / np.abs(clean).max()
    return clean.astype(np.float32)[None, :]
