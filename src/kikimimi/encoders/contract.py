"""The contract that every encoder keeps.

Axes: B clips, T samples, N frames, D embedding size, K tags; N_l, C_l, F_l the times, channels and
bands of a layer.

Constructing an encoder is free; `load` reads the weights. What an encoder returns for a clip
depends on the samples of that clip alone: not on its neighbours in the batch, nor on the number
of threads.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np

from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.errors import EncoderError
from kikimimi.names import suggestion
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What one must know to use an encoder and to cite it.

    `window_s` is the longest stretch embedded as one clip: longer sounds are cut into windows.
    `frame_hop_s` is the time between two frame embeddings. `vocabulary` names the K tag outputs
    as `"<vocabulary>/<name>"`, for example `"esc50/dog"`; empty for an encoder without tags.
    `parameters` is the number of trained values in the network; 0 where there is none.
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
    parameters: int = 0


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

    Subclasses give `card`, `load`, `weights_digest`, `_encode` and `_encode_frames`; if they have
    layers to look into `layer_names` and `_embed_layers`, and if they have binary codes `hash_bits`
    and `_hash_projection`. The checks of what goes in stand here.
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

    @property
    def weights_are_here(self) -> bool:
        """Whether `load` finds the weights; encoders that the package brings have them."""
        return True

    @abstractmethod
    def _encode(self, samples: FloatArray) -> Encoding: ...

    @abstractmethod
    def _encode_frames(self, samples: FloatArray) -> FrameEncoding: ...

    @property
    def tags_over_time(self) -> bool:
        """Whether `tag_frames` gives scores; asking is cheap, and loads nothing."""
        return False

    def _tag_frames(self, samples: FloatArray) -> FloatArray:
        """Checked clips (B, T) -> (B, N, K); for encoders with `tags_over_time`."""
        raise NotImplementedError

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The layers that `embed_layers` gives, from input to output; none by default."""
        return ()

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        """What the layers `names`, all of them among `layer_names`, give for checked clips."""
        raise NotImplementedError

    @property
    def hash_bits(self) -> tuple[int, ...]:
        """The lengths of binary code that `hash_projection` gives, ascending; none by default."""
        return ()

    def _hash_projection(self, bits: int) -> HashProjection:
        """The projection for one of `hash_bits`."""
        raise NotImplementedError

    @property
    def knows_words(self) -> bool:
        """Whether `text_query` gives vectors; asking is cheap, and loads nothing."""
        return False

    def text_query(self, texts: Sequence[str]) -> FloatArray | None:
        """English sentences in the space of `embed_clips`: S texts -> (S, D), each of length 1.

        The greater the cosine with an embedding, the better the words fit the sound. None where
        the encoder knows no words.

        Raises:
            EncoderError: a text is empty, or the weights for words are damaged.
        """
        return None

    def least_cosines(self, queries: FloatArray) -> FloatArray | None:
        """What a sound must reach to fit the vectors (S, D) of `text_query`: cosines (S,).

        Some sentences are nearer to every sound than others, so that a cosine alone does not tell.
        None where the encoder knows no such bounds.
        """
        return None

    def label_logits(self, texts: Sequence[str], encoding: Encoding) -> FloatArray | None:
        """How well labels fit B clips: (B, S); their softmax over S texts are the shares.

        None where the encoder knows no words. Raises as `text_query` does.
        """
        queries = self.text_query(texts)
        if queries is None:
            return None
        lengths = np.linalg.norm(encoding.embeddings, axis=1, keepdims=True)
        cosines = encoding.embeddings @ queries.T / np.maximum(lengths, _LEAST_LENGTH)
        return self.text_scale * cosines

    @property
    def text_scale(self) -> float:
        """What a cosine with words is multiplied with before a softmax."""
        return _TEXT_SCALE

    @property
    def reference(self) -> str:
        """What `registry.create_encoder` makes this encoder of again, from any working folder."""
        return self.card.name

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

    def tag_frames(self, samples: FloatArray) -> FloatArray | None:
        """Tags over time: (B, T) -> (B, N, K) in [0, 1], at the timestamps of `embed_frames`.

        None where the encoder tells tags of whole clips only. Raises as `encode` does.
        """
        clips = check_clips(samples)
        return self._tag_frames(clips) if self.tags_over_time else None

    def embed_layers(self, samples: FloatArray, names: Sequence[str]) -> dict[str, FloatArray]:
        """What middle layers give for clips of equal length, over time.

        Niizumi et al., "Composing general audio representation by fusing multilayer features of a
        pre-trained model", EUSIPCO 2022: frequency and channels are stacked at each time.

        Args:
            samples: as for `encode`.
            names: one or more of `layer_names`.

        Returns:
            For each name (B, N_l, C_l * F_l) float32, in the order of `names`.

        Raises:
            EncoderError: there is no layer of this name, or as `encode` does.
        """
        clips = check_clips(samples)
        wanted = tuple(dict.fromkeys(names))
        self._check_layers(wanted)
        found = self._embed_layers(clips, wanted) if wanted else {}
        return {name: found[name] for name in wanted}

    def _check_layers(self, names: tuple[str, ...]) -> None:
        for name in names:
            if not self.layer_names:
                raise EncoderError(
                    f"encoder '{self.card.name}' gives no layers, so not '{name}'; "
                    "choose another encoder"
                )
            if name not in self.layer_names:
                raise EncoderError(
                    f"encoder '{self.card.name}' has no layer '{name}'; "
                    f"{suggestion(name, self.layer_names)}"
                )

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


_LEAST_LENGTH = 1e-12
_TEXT_SCALE = 1 / 0.07  # the temperature that contrastive trainings begin with

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
