"""Features from any encoder: a middle layer, or its frame embeddings, pooled over time.

Middle layers keep frequency (channels and bands are stacked) and know less of what kinds of sound
there are than the last one, both of which helps with machines (Saengthong and Shinozaki, "Deep
generic representations for domain-generalized anomalous sound detection", 2024).
Axes: T samples, N times, D features.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from kikimimi.audio.windows import cut_windows
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import MIN_WINDOW_S
from kikimimi.encoders.registry import DEFAULT_ENCODER, create_encoder
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.names import suggestion
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.features.level import at_one_level
from kikimimi.tasks.anomaly.features.pooling import POOLINGS
from kikimimi.tasks.anomaly.features.registry import register
from kikimimi.types import FloatArray


@register
@dataclass(frozen=True)
class EncoderLayers(AnomalyFeatures):
    """Rows from one layer of an encoder.

    Attributes:
        encoder: its name or folder, as `create_encoder` takes it.
        layer: one of its `layer_names`; its frame embeddings if empty.
        pooling: over time, one of `POOLINGS`.
        decay: r of "weighted_rank", from 0 (maximum) to 1 (mean).
        sets_level: bring each clip to one level first, where gain differs between recordings and
            loudness says nothing of the machine.

    Raises:
        ConfigError: there is no such pooling or decay.
        EncoderError: there is no such encoder or layer.
    """

    kind: ClassVar[str] = "encoder"

    encoder: str = DEFAULT_ENCODER
    layer: str = ""
    pooling: str = "mean"
    decay: float = 0.98
    sets_level: bool = False

    def __post_init__(self) -> None:
        if self.pooling not in POOLINGS:
            raise ConfigError(
                f"there is no pooling '{self.pooling}'; {suggestion(self.pooling, POOLINGS)}"
            )
        if not 0 <= self.decay <= 1:
            raise ConfigError(f"decay is {self.decay}; give a number from 0 to 1")
        names = self._encoder.layer_names
        if self.layer and self.layer not in names:
            hint = suggestion(self.layer, names) if names else "leave it empty for its frames"
            raise EncoderError(f"encoder '{self.encoder}' has no layer '{self.layer}'; {hint}")

    @property
    def sample_rate_hz(self) -> int:
        """That of the encoder."""
        return self._encoder.card.sample_rate_hz

    @property
    def identity(self) -> str:
        """That of the encoder."""
        return self._encoder.identity

    def rows(self, samples: FloatArray) -> FloatArray:
        """Pool the layer over the whole clip; see the contract.

        A clip longer than the encoder's window is heard window by window, the last one ending with
        the clip.
        """
        card = self._encoder.card
        windows = cut_windows(
            at_one_level(samples) if self.sets_level else samples,
            sample_rate_hz=card.sample_rate_hz,
            window_s=card.window_s,
            hop_s=card.window_s,
            min_s=MIN_WINDOW_S,
            quantum_s=0.0,
        )
        frames = np.concatenate([self._frames(window) for _, window in windows])
        return POOLINGS[self.pooling](frames, self.decay)

    def _frames(self, samples: FloatArray) -> FloatArray:
        """(T,) -> (N, D)."""
        encoder = self._encoder.load()
        if not self.layer:
            return encoder.embed_frames(samples[None]).embeddings[0]
        return encoder.embed_layers(samples[None], [self.layer])[self.layer][0]

    @cached_property
    def _encoder(self) -> Encoder:
        return create_encoder(self.encoder)
