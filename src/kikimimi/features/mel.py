"""Mel filter banks: triangles that gather the bins of a spectrum into bands.

Axes: F mel bands, K = n_fft // 2 + 1 bins of the spectrum.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kikimimi.features.config import LogMelConfig

Float64Array = NDArray[np.float64]

_SLANEY_HZ_PER_MEL = 200 / 3
_SLANEY_BREAK_HZ = 1000.0
_SLANEY_BREAK_MEL = _SLANEY_BREAK_HZ / _SLANEY_HZ_PER_MEL
_SLANEY_LOG_STEP = np.log(6.4) / 27


def hz_to_mel_htk(frequency_hz: Float64Array) -> Float64Array:
    """Mel of the HTK book: 2595 log10(1 + f / 700)."""
    return 2595.0 * np.log10(1.0 + frequency_hz / 700.0)


def mel_to_hz_htk(mel: Float64Array) -> Float64Array:
    """Inverse of `hz_to_mel_htk`, in Hz."""
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)


def hz_to_mel_slaney(frequency_hz: Float64Array) -> Float64Array:
    """Mel of Slaney's Auditory Toolbox: linear to 1 kHz, then 27 log steps to 6.4 kHz."""
    above = np.maximum(frequency_hz, _SLANEY_BREAK_HZ)
    logarithmic = _SLANEY_BREAK_MEL + np.log(above / _SLANEY_BREAK_HZ) / _SLANEY_LOG_STEP
    linear = frequency_hz / _SLANEY_HZ_PER_MEL
    return np.where(frequency_hz < _SLANEY_BREAK_HZ, linear, logarithmic)


def mel_to_hz_slaney(mel: Float64Array) -> Float64Array:
    """Inverse of `hz_to_mel_slaney`, in Hz."""
    above = np.maximum(mel, _SLANEY_BREAK_MEL)
    exponential = _SLANEY_BREAK_HZ * np.exp((above - _SLANEY_BREAK_MEL) * _SLANEY_LOG_STEP)
    return np.where(mel < _SLANEY_BREAK_MEL, mel * _SLANEY_HZ_PER_MEL, exponential)


def mel_filterbank(config: LogMelConfig) -> Float64Array:
    """Weights (F, K) that turn a spectrum (K,) into mel bands (F,).

    Band f rises from edge f to edge f + 1 and falls to edge f + 2, where the F + 2 edges lie
    evenly on the mel scale from `f_min_hz` to `f_max_hz`. A band narrower than a bin may be empty.
    """
    to_mel, to_hz, triangles_in_mel = _SCALES[config.mel_scale]
    limits = to_mel(np.array([config.f_min_hz, config.f_max_hz], dtype=np.float64))
    edges_mel = np.linspace(float(limits[0]), float(limits[1]), config.n_mels + 2)
    edges_hz = to_hz(edges_mel)
    bins_hz = np.arange(config.n_fft // 2 + 1) * np.float64(config.sample_rate_hz / config.n_fft)
    if triangles_in_mel:
        weights = _triangles(edges_mel, to_mel(bins_hz))
    else:
        weights = _triangles(edges_hz, bins_hz)
    return weights * _NORMS[config.mel_norm](edges_hz)[:, None]


def used_bins(bank: Float64Array) -> slice:
    """The bins, from the first to the last, that some band of `bank` (F, K) gives weight to."""
    used = np.flatnonzero(bank.any(axis=0))
    return slice(int(used[0]), int(used[-1]) + 1) if used.size else slice(0, 1)


def _triangles(edges: Float64Array, bins: Float64Array) -> Float64Array:
    """Triangles (F, K) of height 1 over `edges` (F + 2,) at the places `bins` (K,)."""
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - lower) / (centre - lower)
    falling = (upper - bins) / (upper - centre)
    return np.maximum(0.0, np.minimum(rising, falling))


def _unit_height(edges_hz: Float64Array) -> Float64Array:
    return np.ones(len(edges_hz) - 2)


def _unit_area(edges_hz: Float64Array) -> Float64Array:
    return 2.0 / (edges_hz[2:] - edges_hz[:-2])


_Scale = Callable[[Float64Array], Float64Array]
_SCALES: dict[str, tuple[_Scale, _Scale, bool]] = {
    "slaney": (hz_to_mel_slaney, mel_to_hz_slaney, False),
    "htk": (hz_to_mel_htk, mel_to_hz_htk, False),
    "kaldi": (hz_to_mel_htk, mel_to_hz_htk, True),
}
_NORMS: dict[str | None, Callable[[Float64Array], Float64Array]] = {
    None: _unit_height,
    "slaney": _unit_area,
}
