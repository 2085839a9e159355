"""The L1 distance of log-mel spectrograms at seven time scales, as the Descript codec has it.

Kumar et al., "High-fidelity audio compression with improved RVQGAN", NeurIPS 2023, section 3.5:
windows of 32 to 2048 samples with hops of a quarter, 5 to 320 Slaney bands, magnitudes, the
logarithm to base 10 of what is at least 1e-5, and the sum over the scales of the mean absolute
differences. Ours is at 16 kHz, theirs at 44.1 kHz, so only figures at one rate compare.

Axes: T samples.
"""

from functools import cache
from math import log

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.types import FloatArray

BANDS_OF_WINDOWS = {32: 5, 64: 10, 128: 20, 256: 40, 512: 80, 1024: 160, 2048: 320}
"""Mel bands by the length of the window in samples."""


def scale_configs(sample_rate_hz: int = 16000) -> tuple[LogMelConfig, ...]:
    """The front ends of the seven scales, from the shortest window on."""
    return tuple(
        LogMelConfig(
            sample_rate_hz=sample_rate_hz,
            n_fft=window,
            win_length=window,
            hop_length=window // 4,
            n_mels=bands,
            f_min_hz=0.0,
            f_max_hz=sample_rate_hz / 2,
            power=1.0,
            floor=1e-5,
            scale=log(10),
            pad_mode="reflect",
        )
        for window, bands in BANDS_OF_WINDOWS.items()
    )


def multi_scale_mel_l1(
    reference: FloatArray, made: FloatArray, *, sample_rate_hz: int = 16000
) -> float:
    """Distance between two sounds (T,) of one length and rate; 0 for equal ones.

    Raises:
        AudioError: their shapes differ, or there are no samples.
    """
    if reference.shape != made.shape or reference.ndim != 1:
        raise AudioError(
            f"sounds (T,) of one length are compared, but got shapes {reference.shape} and "
            f"{made.shape}; cut the longer one"
        )
    return sum(
        float(np.abs(front_end(made) - front_end(reference)).mean())
        for front_end in _front_ends(sample_rate_hz)
    )


@cache
def _front_ends(sample_rate_hz: int) -> tuple[LogMel, ...]:
    return tuple(LogMel(config) for config in scale_configs(sample_rate_hz))
