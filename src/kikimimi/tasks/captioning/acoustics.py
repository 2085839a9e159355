"""What can be measured of a sound and told in words: level, repetitions, and how it changes.

Everything is told only when it is clear; `None` and 0 stand for the rest.

Axes: T samples, N frames.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from kikimimi.types import FloatArray

Change = Literal[
    "rising_pitch",
    "falling_pitch",
    "growing_louder",
    "fading",
    "growing_brighter",
    "growing_duller",
]
Values = NDArray[np.float64]

FLOOR_DB = -100.0

_ENVELOPE_HOP_S = 0.01
_ENVELOPE_SMOOTHING = 5
_EVENT_RANGE_DB = 18.0
_CLEAR_DIP_DB, _POSSIBLE_DIP_DB = 15.0, 8.0
_EVENT_GAP_S = 0.18
_MOST_EVENTS = 10

_FRAME_S, _HOP_S = 0.064, 0.032
_AUDIBLE_RANGE_DB = 30.0
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 2000.0
_PERIODIC = 0.85
_VOICED_SHARE = 0.6
_LEAST_FRAMES = 10
_PITCH_OCTAVES, _BRIGHTNESS_OCTAVES = 0.3, 1.0
_LEVEL_CHANGE_DB, _LEAST_FADE_S = 15.0, 1.5
_STRAIGHT = 0.7


@dataclass(frozen=True, slots=True)
class Acoustics:
    """`level_db` is that of the loudest half second in dB re full scale; `events` how many separate
    sounds follow each other, 0 if that is not clear; `change` what changes steadily.
    """

    level_db: float
    events: int = 0
    change: Change | None = None


def measure(samples: FloatArray, sample_rate_hz: int) -> Acoustics:
    """Measure a mono sound (T,)."""
    envelope = _envelope_db(samples, sample_rate_hz)
    window = max(1, min(len(envelope), round(0.5 / _ENVELOPE_HOP_S)))
    powers = np.convolve(10 ** (envelope / 10), np.ones(window) / window, mode="valid")
    level_db = float(10 * np.log10(powers.max()))
    if level_db <= FLOOR_DB + 1:
        return Acoustics(FLOOR_DB)
    events = _events(envelope)
    change = _change(samples, sample_rate_hz, envelope)
    if events and change in ("growing_brighter", "growing_duller"):
        change = None  # every stroke begins brighter than it ends
    return Acoustics(level_db, events, change)


def _envelope_db(samples: FloatArray, sample_rate_hz: int) -> Values:
    """Level of blocks of 10 ms in dB re full scale (N,)."""
    size = max(1, round(_ENVELOPE_HOP_S * sample_rate_hz))
    padded = np.pad(samples.astype(np.float64), (0, -len(samples) % size))
    powers = np.square(padded).reshape(-1, size).mean(axis=1)
    return 10 * np.log10(np.maximum(powers, 10 ** (FLOOR_DB / 10)))


def _events(envelope: Values) -> int:
    """How many separate sounds the envelope shows; 0 unless gaps are deep and none is doubtful."""
    kernel = np.ones(_ENVELOPE_SMOOTHING) / _ENVELOPE_SMOOTHING
    smooth = np.convolve(np.pad(envelope, _ENVELOPE_SMOOTHING, mode="edge"), kernel, mode="same")
    smooth = np.concatenate([[FLOOR_DB], smooth, [FLOOR_DB]])
    loud = smooth.max() - _EVENT_RANGE_DB
    gap = round(_EVENT_GAP_S / _ENVELOPE_HOP_S)
    counts = [
        len(find_peaks(smooth, height=loud, prominence=dip, distance=gap)[0])
        for dip in (_CLEAR_DIP_DB, _POSSIBLE_DIP_DB)
    ]
    return counts[0] if counts[0] == counts[1] and 1 <= counts[0] <= _MOST_EVENTS else 0


def _change(samples: FloatArray, sample_rate_hz: int, envelope: Values) -> Change | None:
    frames = _frames(samples, sample_rate_hz)
    powers = 10 * np.log10(np.square(frames).mean(axis=1) + 10 ** (FLOOR_DB / 10))
    audible = powers > powers.max() - _AUDIBLE_RANGE_DB
    if audible.sum() < _LEAST_FRAMES:
        return None
    pitch = _pitches_hz(frames[audible], sample_rate_hz)
    voiced = np.isfinite(pitch)
    if voiced.mean() >= _VOICED_SHARE:
        rise = _steady_rise(np.log2(pitch[voiced]))
        if abs(rise) >= _PITCH_OCTAVES:
            return "rising_pitch" if rise > 0 else "falling_pitch"
    if len(samples) < _LEAST_FADE_S * sample_rate_hz:
        return None
    level = _steady_rise(envelope[envelope > FLOOR_DB + 1])
    if abs(level) >= _LEVEL_CHANGE_DB:
        return "growing_louder" if level > 0 else "fading"
    rise = _steady_rise(np.log2(_centroids_hz(frames[audible], sample_rate_hz)))
    if abs(rise) >= _BRIGHTNESS_OCTAVES:
        return "growing_brighter" if rise > 0 else "growing_duller"
    return None


def _frames(samples: FloatArray, sample_rate_hz: int) -> Values:
    """Overlapping frames (N, frame)."""
    size, hop = round(_FRAME_S * sample_rate_hz), round(_HOP_S * sample_rate_hz)
    padded = np.pad(samples.astype(np.float64), (0, max(0, size - len(samples))))
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]


def _pitches_hz(frames: Values, sample_rate_hz: int) -> Values:
    """Fundamental frequency of each frame (N,), NaN where it is not periodic.

    The highest of the first near-equal peaks of the normalised square difference function:
    McLeod and Wyvill, "A smarter way to find pitch", ICMC 2005.
    """
    size = frames.shape[1]
    spectra = np.fft.rfft(frames, 2 * size, axis=1)
    correlation = np.fft.irfft(np.abs(spectra) ** 2, axis=1)[:, :size]
    squares = np.cumsum(frames**2, axis=1)
    energy = squares[:, -1:] + squares[:, ::-1]
    energy[:, 1:] -= squares[:, : size - 1]
    similarity = 2 * correlation / np.maximum(energy, 1e-12)
    shortest = int(sample_rate_hz / _HIGHEST_HZ)
    longest = min(int(sample_rate_hz / _LOWEST_HZ), size // 2)
    pitches = np.full(len(frames), np.nan)
    for row, values in enumerate(similarity[:, :longest]):
        peaks = find_peaks(values, height=_PERIODIC)[0]
        peaks = peaks[peaks >= shortest]
        if len(peaks):
            first = peaks[values[peaks] >= 0.95 * values[peaks].max()][0]
            pitches[row] = sample_rate_hz / first
    return pitches


def _centroids_hz(frames: Values, sample_rate_hz: int) -> Values:
    """Spectral centroid of each frame (N,)."""
    spectra = np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1))
    frequencies = np.fft.rfftfreq(frames.shape[1], 1 / sample_rate_hz)
    return np.maximum(spectra @ frequencies / np.maximum(spectra.sum(axis=1), 1e-12), 1.0)


def _steady_rise(values: Values) -> float:
    """By how much values rise along a straight line, end to end; 0 if they do not follow one."""
    if len(values) < _LEAST_FRAMES or np.ptp(values) == 0:
        return 0.0
    time = np.linspace(-0.5, 0.5, len(values))
    if np.corrcoef(time, values)[0, 1] ** 2 < _STRAIGHT:
        return 0.0
    return float(np.polyfit(time, values, 1)[0])
