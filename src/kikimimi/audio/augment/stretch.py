"""Change of duration that keeps the pitch, by overlapping similar stretches of the waveform.

T samples, H samples from one output frame to the next; frames are 2 H long.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import signal

from kikimimi.audio.augment.recipe import require, require_range
from kikimimi.audio.augment.speed import fit_length, random_ratio
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class RandomStretch:
    """Makes the clip shorter or longer at the same pitch; all ratios are equally likely.

    A rate of 2 halves the duration: the length becomes round(T / rate), at least 1. Tones down to
    1 / `hop_s` keep their level.
    """

    name: ClassVar[str] = "stretch"

    sample_rate_hz: int
    slowest: float = 0.8
    fastest: float = 1.25
    hop_s: float = 0.02

    def __post_init__(self) -> None:
        require_range("stretch", self.slowest, self.fastest, least=0.1, most=10)
        require_range("stretch: hop_s", 0.001, self.hop_s, most=0.5)
        require(
            self.sample_rate_hz * self.hop_s >= 2,
            f"stretch: hop_s {self.hop_s} is shorter than 2 samples; give a longer one",
        )

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Stretch (T,)."""
        rate = random_ratio(generator, self.slowest, self.fastest)
        return stretch(samples, rate, hop=round(self.hop_s * self.sample_rate_hz))


def stretch(samples: FloatArray, rate: float, *, hop: int) -> FloatArray:
    """Stretch (T,) to round(T / rate) samples, at least 1.

    WSOLA (Verhelst and Roelands, ICASSP 1993): each frame is taken from where the waveform is most
    like the continuation of the frame before, within half a hop of the place that the rate asks.

    Args:
        samples: the sound.
        rate: how many times as fast it goes.
        hop: H >= 2.
    """
    length = max(1, round(samples.size / rate))
    search = hop // 2
    count = -(-length // hop) + 1
    last = round((count - 1) * hop * rate)
    padded = np.pad(samples, (hop + search, max(0, last - samples.size) + 3 * hop + search))
    window = signal.get_window("hann", 2 * hop).astype(np.float32)
    total = np.zeros((count + 1) * hop, np.float32)
    start = search  # in `padded`, of the frame that ends one hop after the first sample
    total[: 2 * hop] = window * padded[start : start + 2 * hop]
    for index in range(1, count):
        place = round(index * hop * rate)
        continuation = padded[start + hop : start + 2 * hop]
        region = padded[place : place + hop + 2 * search]
        start = place + _best_lag(region, continuation)
        total[index * hop : (index + 2) * hop] += window * padded[start : start + 2 * hop]
    return fit_length(total[hop:], length)


def _best_lag(region: FloatArray, wanted: FloatArray) -> int:
    """Where in `region` the cosine similarity with `wanted` is greatest."""
    products = np.correlate(region, wanted, mode="valid")
    energy = np.concatenate(([0.0], np.cumsum(np.square(region, dtype=np.float64))))
    norms = np.sqrt(np.maximum(energy[wanted.size :] - energy[: -wanted.size], 0))
    if norms.max() == 0 or not products.any():
        return products.size // 2
    return int(np.argmax(products / (norms + 1e-3 * norms.max())))
