"""A placeholder encoder: no weights, deterministic, fast, so that tests need no network.

Its vector is a random projection of the mean log power in 32 bands of the spectrum, so sounds of
like spectrum are near each other. So are their binary codes, which are random planes.
"""

import hashlib
from typing import ClassVar, Self

import numpy as np

from kikimimi.encoders.contract import Encoder, EncoderCard, Encoding, FrameEncoding
from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.encoders.registry import register
from kikimimi.types import FloatArray

_BANDS = 32
_N_FFT = 512


@register
class PlaceholderEncoder(Encoder):
    """Band energies through a fixed random projection to 16 dimensions, two tags."""

    card: ClassVar[EncoderCard] = EncoderCard(
        name="placeholder",
        title="Placeholder for tests (band energies, untrained)",
        paper="none",
        licence="Apache-2.0",
        training_data="none",
        sample_rate_hz=16000,
        embedding_size=16,
        frame_hop_s=_N_FFT / 2 / 16000,
        window_s=2.0,
        vocabulary=("placeholder/low", "placeholder/high"),
        embedded=True,
    )

    def load(self) -> Self:
        """Do nothing: there are no weights."""
        return self

    @property
    def weights_digest(self) -> str:
        """SHA-256 of the projection."""
        return hashlib.sha256(_projection().tobytes()).hexdigest()

    @property
    def hash_bits(self) -> tuple[int, ...]:
        """The lengths that SSDH is trained for."""
        return (16, 32, 48, 64, 128)

    def _hash_projection(self, bits: int) -> HashProjection:
        generator = np.random.default_rng(bits)
        weights = generator.standard_normal((bits, self.card.embedding_size))
        return HashProjection(weights.astype(np.float32), np.zeros(bits, np.float32))

    def _encode(self, samples: FloatArray) -> Encoding:
        bands = _band_levels(samples).mean(axis=1)  # (B, bands)
        share = 1 / (1 + np.exp(bands[:, _BANDS // 2 :].mean(1) - bands[:, : _BANDS // 2].mean(1)))
        scores = np.stack([share, 1 - share], axis=1)
        return Encoding((bands @ _projection()).astype(np.float32), scores.astype(np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        frames = _band_levels(samples)  # (B, N, bands)
        centres = (np.arange(frames.shape[1]) + 0.5) * self.card.frame_hop_s
        embeddings = (frames @ _projection()).astype(np.float32)
        return FrameEncoding(embeddings, centres.astype(np.float32))

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The levels of the bands, and what becomes of them."""
        return ("bands", "projection")

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        bands = _band_levels(samples)
        return {"bands": bands, "projection": (bands @ _projection()).astype(np.float32)}


def _projection() -> FloatArray:
    generator = np.random.default_rng(0)
    matrix = generator.standard_normal((_BANDS, PlaceholderEncoder.card.embedding_size))
    return (matrix / np.sqrt(_BANDS)).astype(np.float32)


def _band_levels(samples: FloatArray) -> FloatArray:
    """Log power per band and frame: (B, T) -> (B, N, bands), N = ceil(T / hop)."""
    hop = _N_FFT // 2
    frame_count = -(-samples.shape[1] // hop)
    padded = np.pad(samples, ((0, 0), (0, frame_count * hop + hop - samples.shape[1])))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT, axis=1)[:, ::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(_N_FFT + 1)[:-1], axis=-1)) ** 2
    bands = power[..., 1:].reshape(*power.shape[:2], _BANDS, -1).mean(axis=-1)
    return np.log(bands + 1e-6).astype(np.float32)
