"""Where a clip sounds: stretches above its own floor. T samples, N frames."""

import numpy as np

from kikimimi.types import FloatArray

_FRAME_S, _HOP_S = 0.02, 0.01
_BELOW_PEAK_DB = 30.0
"""What is this far below the loudest frame is not heard as part of the sound."""
_ABOVE_FLOOR_DB = 10.0
_STEADY_DB = 12.0
"""A sound that swells by less than this is there all the time."""
_FLOOR_PERCENTILE = 10
_SILENT_DB = -80.0

Stretch = tuple[int, int]
"""First sample, and the one after the last."""


def sounding_stretches(
    samples: FloatArray, sample_rate_hz: int, *, join_gap_s: float, shortest_s: float
) -> tuple[Stretch, ...]:
    """Return the stretches of a clip (T,) in which its sound is heard.

    A frame of 20 ms sounds if it is within 30 dB of the loudest one and 10 dB above the floor (the
    10th percentile of the levels); a steady sound, which has no floor, down to 12 dB below the
    loudest. Pauses up to `join_gap_s` are bridged, then stretches under `shortest_s` dropped. A
    silent clip has none.
    """
    hop = max(1, round(_HOP_S * sample_rate_hz))
    levels = _levels_db(samples, round(_FRAME_S * sample_rate_hz), hop)
    peak = float(levels.max())
    if peak <= _SILENT_DB:
        return ()
    floor = float(np.percentile(levels, _FLOOR_PERCENTILE))
    threshold = max(peak - _BELOW_PEAK_DB, min(floor + _ABOVE_FLOOR_DB, peak - _STEADY_DB))
    runs = _joined(_runs(levels >= threshold), round(join_gap_s / _HOP_S))
    stretches = ((first * hop, min((last + 1) * hop, len(samples))) for first, last in runs)
    shortest = round(shortest_s * sample_rate_hz)
    return tuple((start, end) for start, end in stretches if end - start >= shortest)


def _levels_db(samples: FloatArray, frame: int, hop: int) -> np.ndarray:
    """Level of a frame around each hop: (T,) -> (N,)."""
    power = np.square(samples, dtype=np.float64)
    sums = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.arange(0, max(1, len(samples)), hop)
    ends = np.minimum(starts + frame, len(samples))
    mean = (sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)
    return 10 * np.log10(np.maximum(mean, 1e-12))


def _runs(active: np.ndarray) -> list[tuple[int, int]]:
    """First and last frame of each run of active frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    return [(int(first), int(last) - 1) for first, last in edges.reshape(-1, 2)]


def _joined(runs: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] - 1 <= gap:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined
