"""The contract that every encoder keeps.

Axes: B clips, T samples, N frames, D embedding size, K tags.

Constructing an encoder is free; `load` reads the weights. What an encoder returns for a clip
depends on the samples of that clip alone: not on its neighbours in the batch, nor on the number
of threads.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np

from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What one must know to use an encoder and to cite it.

    `window_s` is the longest stretch embedded as one clip: longer sounds are cut into windows.
    `frame_hop_s` is the time between two frame embeddings. `vocabulary` names the K tag outputs
    as `"<vocabulary>/<name>"`, for example `"esc50/dog"`; empty for an encoder without tags.
    """

    name: str
    title: str
    paper: str
    licence: str
    training_data: str
    sample_rate_hz: int
    embedding_size: int
    frame_hop_s: float
    window_s: float
    vocabulary: tuple[str, ...] = ()
    embedded: bool = False
    """Whether the weights come with the package."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """What an encoder hears in B clips: `embeddings` (B, D), `tag_scores` (B, K) in [0, 1]."""

    embeddings: FloatArray
    tag_scores: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class FrameEncoding:
    """Embeddings over time: `embeddings` (B, N, D), `timestamps_s` (N,) at the frame centres."""

    embeddings: FloatArray
    timestamps_s: FloatArray


class Encoder(ABC):
    """Turns clips of sound into vectors.

    Subclasses give `card`, `load`, `weights_digest`, `_encode` and `_encode_frames`, and if they
    have binary codes `hash_bits` and `_hash_projection`; the checks of what goes in stand here.
    """

    card: ClassVar[EncoderCard]

    @abstractmethod
    def load(self) -> Self:
        """Read the weights, once; loading again does nothing.

        Raises:
            EncoderError: the weights are missing or damaged.
        """

    @property
    @abstractmethod
    def weights_digest(self) -> str:
        """SHA-256 of the weights, in hexadecimal digits (of the configuration if it has none)."""

    @abstractmethod
    def _encode(self, samples: FloatArray) -> Encoding: ...

    @abstractmethod
    def _encode_frames(self, samples: FloatArray) -> FrameEncoding: ...

    @property
    def hash_bits(self) -> tuple[int, ...]:
        """The lengths of binary code that `hash_projection` gives, ascending; none by default."""
        return ()

    def _hash_projection(self, bits: int) -> HashProjection:
        """The projection for one of `hash_bits`."""
        raise NotImplementedError

    @property
    def identity(self) -> str:
        """Short name of exactly these weights under this card, `name@digest`.

        Two encoders of one identity give the same vectors, so that a library made by the one can
        be searched by the other.
        """
        card = {key: value for key, value in asdict(self.card).items() if key in _VECTOR_FIELDS}
        text = json.dumps(card, sort_keys=True) + self.weights_digest
        return f"{self.card.name}@{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def encode(self, samples: FloatArray) -> Encoding:
        """Embed and tag clips of equal length in one pass.

        Args:
            samples: (B, T) float32 at `card.sample_rate_hz`, nominally in [-1, 1]; B, T >= 1.

        Raises:
            EncoderError: the array has another shape, no clips or samples, or NaN or infinite ones.
        """
        return self._encode(check_clips(samples))

    def embed_clips(self, samples: FloatArray) -> FloatArray:
        """Embed clips of equal length: (B, T) -> (B, D). Raises as `encode` does."""
        return self.encode(samples).embeddings

    def embed_frames(self, samples: FloatArray) -> FrameEncoding:
        """Embed clips over time: (B, T) -> (B, N, D) and N timestamps. Raises as `encode` does."""
        return self._encode_frames(check_clips(samples))

    def hash_projection(self, bits: int) -> HashProjection:
        """What turns this encoder's embeddings into binary codes of `bits` bits.

        Raises:
            EncoderError: there are no codes of this length, or the weights are not loaded.
        """
        if bits not in self.hash_bits:
            name, known = self.card.name, ", ".join(map(str, self.hash_bits))
            raise EncoderError(
                f"encoder '{name}' gives no binary codes of {bits} bits; choose among {known}"
                if known
                else f"encoder '{name}' gives no binary codes; choose another encoder"
            )
        return self._hash_projection(bits)


_VECTOR_FIELDS = {"name", "sample_rate_hz", "embedding_size", "window_s", "vocabulary"}


def check_clips(samples: Any) -> FloatArray:
    """Return `samples` as a contiguous (B, T) float32 array.

    Raises:
        EncoderError: the array has another shape, no clips or samples, or NaN or infinite ones.
    """
    array = np.ascontiguousarray(samples, dtype=np.float32)
    if array.ndim != 2 or 0 in array.shape:
        raise EncoderError(
            f"an encoder takes clips of shape (B, T) with B, T >= 1, but got shape {array.shape}; "
            "give one clip as samples[None, :]"
        )
    if not np.isfinite(array).all():
        raise EncoderError("the samples hold NaN or infinite values; clean the clip first")
    return array
