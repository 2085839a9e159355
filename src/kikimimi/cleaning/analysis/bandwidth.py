"""Up to which frequency a recording holds anything. Axis: K bins."""

import numpy as np
from numpy.typing import NDArray

_SMOOTHED_HZ = 200.0
_RANGE_DB = 80.0
_EMPTY_DBFS = -90.0

Values = NDArray[np.float64]


def bandwidth_hz(spectrum: Values, bin_hz: float) -> float | None:
    """The highest frequency with a density that counts, from mean powers (K,); None for silence.

    The density is smoothed over 200 Hz. It counts where it is within 80 dB of its greatest value
    and over that of white noise at -90 dBFS, which is what 16 bits leave above a filter.
    """
    width = max(1, round(_SMOOTHED_HZ / bin_hz))
    smooth = np.convolve(spectrum, np.ones(width) / width, mode="same")
    empty = 10 ** (_EMPTY_DBFS / 10) / len(spectrum)
    counts = smooth > max(empty, float(smooth.max()) * 10 ** (-_RANGE_DB / 10))
    if not counts.any():
        return None
    top_hz = (len(spectrum) - 1) * bin_hz
    highest_hz = float(np.flatnonzero(counts)[-1] + 0.5) * bin_hz
    # Smoothing carries the edge half its width too far up, except where the spectrum ends.
    return top_hz if highest_hz >= top_hz else max(bin_hz, highest_hz - width // 2 * bin_hz)
