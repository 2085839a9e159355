"""Words in the space of an encoder's embeddings: the head that was aligned with that encoder.

A sentence embedding goes through two linear maps into the space of the sounds, so that nothing
stored of a sound changes; their cosine is how well they fit. For labels, that cosine is joined by a
second opinion without training: the scores of the encoder's tags, weighed by how like their names
are to the label. Both are counted in standard deviations over a few hundred background sounds,
because some labels are nearer to everything than others.

Axes: S sentences, E size of a sentence embedding, D embedding size, B clips, K tags, G background.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.encoders.weights import load_weights, read_config
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

_TAG_TEMPERATURE = 0.05
_LEAST_DEVIATION = 1e-4
_LEAST_BACKGROUND = 2
_FITTING_DEVIATIONS = 2.5
"""Words that name a sound leave about as many of ESC-50 as there are of that sound; words that name
none leave about one in two hundred."""


@dataclass(frozen=True, slots=True)
class TextHeadConfig:
    """Sizes: of a sentence embedding, of the layer between, of the space; tags and background."""

    sentence_size: int
    hidden_size: int
    embedding_size: int
    tag_count: int = 0
    background_count: int = 0


class TextHead(nn.Module):
    """Sentence embeddings (S, E) -> vectors of length 1 among the encoder's embeddings (S, D).

    `tag_embeddings` (K, E) are sentence embeddings for the tags, `background_embeddings` (G, D)
    and `background_tags` (G, K) what the encoder hears in the background.
    """

    tag_embeddings: Tensor
    background_embeddings: Tensor
    background_tags: Tensor

    def __init__(self, config: TextHeadConfig, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.hidden = nn.Linear(config.sentence_size, config.hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(config.hidden_size, config.embedding_size)
        tags, background = config.tag_count, config.background_count
        self.register_buffer("tag_embeddings", torch.zeros(tags, config.sentence_size))
        self.register_buffer(
            "background_embeddings", torch.zeros(background, config.embedding_size)
        )
        self.register_buffer("background_tags", torch.zeros(background, tags))

    def forward(self, sentences: Tensor) -> Tensor:
        """Project S sentences."""
        hidden = self.dropout(functional.gelu(self.hidden(sentences)))
        return functional.normalize(self.out(hidden), dim=1)

    @torch.inference_mode()
    def query(self, sentences: FloatArray) -> FloatArray:
        """(S, E) -> (S, D), without gradients."""
        return self(torch.from_numpy(sentences)).numpy()

    @torch.inference_mode()
    def least_cosines(self, queries: FloatArray) -> FloatArray | None:
        """(S, D) of `query` -> (S,): 2.5 standard deviations above the mean of the background.

        None where the background of the head is too small to tell.
        """
        if len(self.background_embeddings) < _LEAST_BACKGROUND:
            return None
        expected = self.background_embeddings @ torch.from_numpy(queries).T
        return (expected.mean(dim=0) + _FITTING_DEVIATIONS * expected.std(dim=0)).numpy()

    @torch.inference_mode()
    def label_logits(
        self, sentences: FloatArray, embeddings: FloatArray, tag_scores: FloatArray
    ) -> FloatArray:
        """How well labels fit clips: (S, E), (B, D), (B, K) -> (B, S), for a softmax over S."""
        texts = torch.from_numpy(sentences)
        sounds, scores = torch.from_numpy(embeddings), torch.from_numpy(tag_scores)
        by_space = self._standardised(self(texts), sounds, self.background_embeddings)
        by_tags = self._standardised(
            self.tag_weights(texts), scores.sqrt(), self.background_tags.sqrt()
        )
        return (by_space + by_tags).numpy()

    def tag_weights(self, sentences: Tensor) -> Tensor:
        """How much each tag tells of a sentence: (S, E) -> (S, K), summing to 1."""
        return (sentences @ self.tag_embeddings.T / _TAG_TEMPERATURE).softmax(dim=1)

    @staticmethod
    def _standardised(directions: Tensor, sounds: Tensor, background: Tensor) -> Tensor:
        """(S, X), (B, X), (G, X) -> (B, S) in standard deviations over the background."""
        expected = background @ directions.T
        deviation = expected.std(dim=0).clamp_min(_LEAST_DEVIATION)
        return (sounds @ directions.T - expected.mean(dim=0)) / deviation


def load_head(folder: Path, *, encoder_digest: str, text_identity: str) -> TextHead:
    """Read a head, which must have been aligned with this encoder and this text encoder.

    Raises:
        EncoderError: it was not, or its files are missing or damaged.
    """
    config = read_config(folder)
    expected = {"encoder_weights_sha256": encoder_digest, "text_encoder": text_identity}
    for key, value in expected.items():
        if config.get(key) != value:
            raise EncoderError(
                f"{folder}: the text head was aligned with another {key.split('_')[0]} "
                f"({config.get(key)}, not {value}); get the weights of both again"
            )
    try:
        sizes = TextHeadConfig(**{key: int(config[key]) for key in TextHeadConfig.__slots__})
    except (KeyError, TypeError, ValueError) as error:
        raise EncoderError(f"{folder}: config.json lacks a size ({error}); get it again") from None
    head = TextHead(sizes)
    load_weights(folder, head, sha256=str(config.get("weights_sha256", "")))
    return head.eval().requires_grad_(requires_grad=False)
