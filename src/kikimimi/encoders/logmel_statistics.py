"""A baseline without training: mean and standard deviation of each mel band over time.

What a learned encoder gains shows against it. Axes: B clips, T samples, N frames, F mel bands.
"""

import hashlib
import json
from dataclasses import asdict
from typing import ClassVar, Self

import numpy as np

from kikimimi.encoders.contract import Encoder, EncoderCard, Encoding, FrameEncoding
from kikimimi.encoders.registry import register
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import YAMNET
from kikimimi.types import FloatArray


@register
class LogMelStatistics(Encoder):
    """Means (F,), then standard deviations (F,), of YAMNet's 64-band log-mel spectrogram.

    A frame is embedded as a clip of its own: its levels, and deviations of 0.
    """

    card: ClassVar[EncoderCard] = EncoderCard(
        name="logmel_statistics",
        title="Log-mel statistics (mean and deviation of 64 bands, untrained)",
        paper="none",
        licence="Apache-2.0",
        training_data="none",
        sample_rate_hz=YAMNET.sample_rate_hz,
        embedding_size=2 * YAMNET.n_mels,
        frame_hop_s=YAMNET.frame_hop_s,
        window_s=5.0,
        embedded=True,
    )

    def __init__(self) -> None:
        self._log_mel = LogMel(YAMNET)

    def load(self) -> Self:
        """Do nothing: there are no weights."""
        return self

    @property
    def weights_digest(self) -> str:
        """SHA-256 of the settings of the front end."""
        return hashlib.sha256(json.dumps(asdict(YAMNET), sort_keys=True).encode()).hexdigest()

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The spectrogram itself."""
        return ("log_mel",)

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        return {name: self._frames(samples) for name in names}

    def _encode(self, samples: FloatArray) -> Encoding:
        frames = self._frames(samples)
        statistics = np.concatenate([frames.mean(axis=1), frames.std(axis=1)], axis=1)
        return Encoding(statistics, np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        frames = self._frames(samples)
        centres = np.arange(frames.shape[1]) * YAMNET.hop_length + YAMNET.win_length / 2
        timestamps = np.minimum(centres, samples.shape[1]) / YAMNET.sample_rate_hz
        embeddings = np.concatenate([frames, np.zeros_like(frames)], axis=2)
        return FrameEncoding(embeddings, timestamps.astype(np.float32))

    def _frames(self, samples: FloatArray) -> FloatArray:
        """(B, T) -> (B, N, F)."""
        return np.ascontiguousarray(np.swapaxes(self._log_mel(samples), 1, 2))
