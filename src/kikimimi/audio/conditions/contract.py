"""What every recording condition keeps to. T samples."""

from typing import Protocol

import numpy as np

from kikimimi.errors import AudioError
from kikimimi.types import FloatArray

_LOWEST_RATE_HZ = 1000


class Condition(Protocol):
    """A frozen value that says how a recording is changed.

    Same samples, rate and state of the generator: same result, to the last bit. The input is left
    as it is.
    """

    def apply(
        self, samples: FloatArray, sample_rate_hz: int, rng: np.random.Generator
    ) -> FloatArray:
        """Return the changed recording: (T,) float32 -> (T,) float32, aligned in time.

        Raises:
            AudioError: the array has another shape, no samples, or NaN or infinite ones.
        """


def check_samples(samples: FloatArray, sample_rate_hz: int) -> FloatArray:
    """Return `samples` as a (T,) float32 array.

    Raises:
        AudioError: it has another shape, no samples, or NaN or infinite ones, or the rate is below
            1 kHz.
    """
    array = np.asarray(samples, dtype=np.float32)
    if array.ndim != 1 or array.size == 0:
        raise AudioError(
            f"a recording condition takes samples of shape (T,) with T >= 1, but got shape "
            f"{array.shape}; give one channel at a time"
        )
    if not np.isfinite(array).all():
        raise AudioError("the samples hold NaN or infinite values; clean the clip first")
    if sample_rate_hz < _LOWEST_RATE_HZ:
        raise AudioError(f"conditions need {_LOWEST_RATE_HZ} Hz or more, but got {sample_rate_hz}")
    return array
