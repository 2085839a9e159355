"""Lossy coding: encoded and decoded in memory. T samples."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soundfile

from kikimimi.audio.conditions.contract import Condition, check_samples
from kikimimi.errors import AudioError, ConfigError
from kikimimi.types import FloatArray

_MU = 255.0
_LEVEL = 0.999
"""libsndfile's `compression_level`, from 0 to 1 for the smallest file; MP3 refuses 1 itself."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Code at the lowest quality and decode: "vorbis", "mp3" or "mu_law" (8 bits a sample).

    At 16 kHz the files of Vorbis and MP3 (of variable bit rate, whose header lets the decoder take
    the delay out) hold about 32 and 20 kbit/s. Samples beyond full scale are clipped first, as a
    converter would.
    """

    name: str

    def __post_init__(self) -> None:
        if self.name not in _CODERS:
            known = ", ".join(_CODERS)
            raise ConfigError(f"there is no codec '{self.name}'; choose one of {known}")

    def apply(
        self, samples: FloatArray, sample_rate_hz: int, rng: np.random.Generator
    ) -> FloatArray:
        """(T,) -> (T,), see `Condition.apply`.

        Raises:
            AudioError: also when the codec does not know the sample rate.
        """
        clipped = np.clip(check_samples(samples, sample_rate_hz), -1.0, 1.0)
        decoded = _CODERS[self.name](clipped, sample_rate_hz)[: clipped.size]
        return np.pad(decoded, (0, clipped.size - decoded.size)).astype(np.float32)


def _vorbis(samples: FloatArray, sample_rate_hz: int) -> FloatArray:
    return _through_file(samples, sample_rate_hz, "OGG", "VORBIS")


def _mp3(samples: FloatArray, sample_rate_hz: int) -> FloatArray:
    return _through_file(samples, sample_rate_hz, "MP3", "MPEG_LAYER_III")


def _mu_law(samples: FloatArray, sample_rate_hz: int) -> FloatArray:
    """The continuous mu-law curve of ITU-T G.711 with mu = 255, in 255 steps."""
    compressed = np.sign(samples) * np.log1p(_MU * np.abs(samples)) / np.log1p(_MU)
    steps = np.rint(compressed * 127) / 127
    return np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(_MU)) / _MU


def _through_file(
    samples: FloatArray, sample_rate_hz: int, container: str, subtype: str
) -> FloatArray:
    file = io.BytesIO()
    try:
        soundfile.write(
            file,
            samples,
            sample_rate_hz,
            format=container,
            subtype=subtype,
            compression_level=_LEVEL,
        )
        file.seek(0)
        return soundfile.read(file, dtype="float32")[0]
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{subtype} cannot code {samples.size} samples at {sample_rate_hz} Hz ({error}); "
            "resample, or choose the codec 'mu_law'"
        ) from None


_CODERS: dict[str, Callable[[FloatArray, int], FloatArray]] = {
    "vorbis": _vorbis,
    "mp3": _mp3,
    "mu_law": _mu_law,
}

CONDITIONS: dict[str, Condition] = {f"codec_{name}": Codec(name) for name in _CODERS}
