"""What normal clips sound like band by band, and where in a clip a sound differs from it.

It is no detector: it draws where to look, for any detector. Axes: T samples, F mel bands, N frames,
V clips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.features.mel import hz_to_mel_slaney, mel_to_hz_slaney
from kikimimi.types import FloatArray

N_MELS = 64

_FRAME_S, _HOP_S = 0.064, 0.032
_LEAST_DEVIATION_DB = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class AnomalyMap:
    """How far each band is from normal at each time, in deviations of the training frames.

    Attributes:
        deviations: (F, N), positive where it is louder than normal and negative where it is softer.
        times_s: (N,) centres of the frames.
        frequencies_hz: (F,) centres of the bands.
    """

    deviations: FloatArray
    times_s: NDArray[np.float64]
    frequencies_hz: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NormalSpectrum:
    """`mean_db` (F,) and `deviation_db` (F,) over all frames of all normal clips."""

    mean_db: NDArray[np.float64]
    deviation_db: NDArray[np.float64]

    @staticmethod
    def moments(samples: FloatArray, sample_rate_hz: int) -> NDArray[np.float64]:
        """Samples (T,) -> (3, F): number, sum and sum of squares of the frames' decibels."""
        levels = _log_mel(sample_rate_hz)(samples).astype(np.float64)
        return np.stack([np.full(N_MELS, levels.shape[1]), levels.sum(1), (levels**2).sum(1)])

    @classmethod
    def of(cls, moments: Sequence[NDArray[np.float64]]) -> Self:
        """The spectrum of V clips, from the `moments` of each."""
        count, total, squares = np.sum(moments, axis=0)
        mean = total / count
        variance = np.maximum(squares / count - mean**2, _LEAST_DEVIATION_DB**2)
        return cls(mean, np.sqrt(variance))

    def compare(self, samples: FloatArray, *, sample_rate_hz: int) -> AnomalyMap:
        """Where samples (T,) differ from normal; at the rate of the training clips."""
        config = _config(sample_rate_hz)
        levels = _log_mel(sample_rate_hz)(samples)
        deviations = (levels - self.mean_db[:, None]) / self.deviation_db[:, None]
        times = np.arange(levels.shape[1], dtype=np.float64) * np.float64(config.frame_hop_s)
        return AnomalyMap(deviations.astype(np.float32), times, _centres_hz(config))


def _config(sample_rate_hz: int) -> LogMelConfig:
    length = 2 ** round(np.log2(_FRAME_S * sample_rate_hz))
    return LogMelConfig(
        sample_rate_hz=sample_rate_hz,
        n_fft=length,
        win_length=length,
        hop_length=max(1, round(_HOP_S * sample_rate_hz)),
        n_mels=N_MELS,
        f_min_hz=0.0,
        f_max_hz=sample_rate_hz / 2,
        compression="db",
    )


@lru_cache(maxsize=4)
def _log_mel(sample_rate_hz: int) -> LogMel:
    return LogMel(_config(sample_rate_hz))


def _centres_hz(config: LogMelConfig) -> NDArray[np.float64]:
    top = float(hz_to_mel_slaney(np.array(config.f_max_hz)))
    return mel_to_hz_slaney(np.linspace(0, top, N_MELS + 2)[1:-1])
