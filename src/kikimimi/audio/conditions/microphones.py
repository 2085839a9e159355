"""The frequency response of recording devices. T samples, L taps.

The curves are drawn after the shapes that data sheets of each kind of device show; none is a
measurement of one product. 0 dB is the sensitivity at 1 kHz.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft, signal

from kikimimi.audio.conditions.contract import Condition, check_samples
from kikimimi.audio.synthesis.noise import Spectrum, spectrum_gain
from kikimimi.errors import ConfigError
from kikimimi.types import FloatArray

_CURVES: dict[str, Spectrum] = {
    "phone": (
        *((20, -30.0), (100, -12.0), (200, -3.0), (400, 0.0), (1000, 0.0), (3000, 2.0)),
        *((5000, 5.0), (7000, 7.0), (10000, 3.0), (15000, -5.0), (20000, -15.0)),
    ),
    "electret": (
        *((20, -24.0), (80, -10.0), (150, -5.0), (300, -1.0), (1000, 0.0), (2500, 1.5)),
        *((4500, 5.0), (6000, 0.0), (7500, -7.0), (10000, -12.0), (20000, -26.0)),
    ),
    "dynamic": (
        *((20, -20.0), (50, -10.0), (100, -4.0), (200, -1.0), (1000, 0.0), (2000, 1.0)),
        *((4000, 4.0), (5500, 5.5), (7000, 2.0), (8500, 4.0), (12000, -6.0), (20000, -25.0)),
    ),
    "telephone": (
        *((20, -60.0), (100, -36.0), (200, -12.0), (300, -3.0), (400, 0.0), (1000, 0.0)),
        *((3000, 0.0), (3400, -3.0), (3800, -20.0), (4400, -45.0), (20000, -60.0)),
    ),
}
"""Corner points (frequency in Hz, level in dB), joined by lines over log frequency."""

_TAPS_S = 0.1
_LOWEST_DB = -60.0


@dataclass(frozen=True, slots=True)
class Microphone:
    """Record through a device, one of `microphone_names()`."""

    device: str

    def __post_init__(self) -> None:
        if self.device not in _CURVES:
            known = ", ".join(_CURVES)
            raise ConfigError(f"there is no microphone '{self.device}'; choose one of {known}")

    def response_db(self, frequency_hz: np.ndarray) -> np.ndarray:
        """Return the level in dB at the given frequencies, relative to that at 1 kHz."""
        gain = spectrum_gain(np.asarray(frequency_hz, dtype=np.float64), _CURVES[self.device])
        return np.maximum(20 * np.log10(np.maximum(gain, 1e-10)), _LOWEST_DB)

    def apply(
        self, samples: FloatArray, sample_rate_hz: int, rng: np.random.Generator
    ) -> FloatArray:
        """(T,) -> (T,), see `Condition.apply`; the filter is of minimum phase."""
        clean = check_samples(samples, sample_rate_hz)
        recorded = signal.oaconvolve(clean, _taps(self, sample_rate_hz))[: clean.size]
        return recorded.astype(np.float32)


def microphone_names() -> tuple[str, ...]:
    """Return the names of the devices."""
    return tuple(_CURVES)


def minimum_phase(magnitude: np.ndarray) -> np.ndarray:
    """Return the impulse response of minimum phase that has the given magnitudes.

    By the real cepstrum folded onto positive time (Oppenheim and Schafer, "Discrete-Time Signal
    Processing", section on the Hilbert transform of minimum-phase sequences).

    Args:
        magnitude: (S / 2 + 1,) above 0, at the frequencies of a real transform of even length S.

    Returns:
        (S,) samples.
    """
    size = 2 * (magnitude.size - 1)
    cepstrum = fft.irfft(np.log(magnitude), size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    return fft.irfft(np.exp(fft.rfft(cepstrum)), size)


@lru_cache(maxsize=32)
def _taps(microphone: Microphone, sample_rate_hz: int) -> np.ndarray:
    """The filter (L,), faded out over its second half."""
    count = max(64, round(_TAPS_S * sample_rate_hz))
    size = 2 ** int(np.ceil(np.log2(8 * count)))
    response_db = microphone.response_db(fft.rfftfreq(size, 1 / sample_rate_hz))
    taps = minimum_phase(10 ** (response_db / 20))[:count]
    half = count // 2
    taps[half:] *= np.cos(np.linspace(0, np.pi / 2, count - half)) ** 2
    taps.setflags(write=False)
    return taps


CONDITIONS: dict[str, Condition] = {f"microphone_{name}": Microphone(name) for name in _CURVES}
