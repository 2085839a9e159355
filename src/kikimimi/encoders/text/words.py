"""The text encoder and the head that let an encoder understand words, loaded when first needed."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kikimimi.encoders.contract import Encoding
from kikimimi.encoders.text.contract import TextEncoder
from kikimimi.encoders.text.minilm import is_installed
from kikimimi.encoders.text.registry import load_text_encoder
from kikimimi.encoders.weights import read_config
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from kikimimi.encoders.text.head import TextHead

HEAD_NAME = "text_head"
"""Folder of the head, beside the weights of its encoder."""


class AlignedWords:
    """Words in the space of an encoder.

    Args:
        folder: of the head.
        encoder_digest: of the weights of the encoder that it belongs to.
    """

    def __init__(self, folder: Path, *, encoder_digest: str) -> None:
        self._folder, self._encoder_digest = folder, encoder_digest

    @cached_property
    def _text_encoder(self) -> TextEncoder:
        name = str(read_config(self._folder).get("text_encoder", "")).partition("@")[0]
        return load_text_encoder(name)

    @cached_property
    def _head(self) -> "TextHead":
        from kikimimi.encoders.text.head import load_head

        return load_head(
            self._folder,
            encoder_digest=self._encoder_digest,
            text_identity=self._text_encoder.identity,
        )

    def query(self, texts: Sequence[str]) -> FloatArray:
        """S texts -> (S, D).

        Raises:
            EncoderError: a text is empty, or weights are missing or damaged.
        """
        return self._head.query(self._text_encoder.embed_texts(texts))

    def least_cosines(self, queries: FloatArray) -> FloatArray | None:
        """(S, D) of `query` -> (S,), what a sound that fits reaches; raises as `query` does."""
        return self._head.least_cosines(queries)

    def label_logits(self, texts: Sequence[str], encoding: Encoding) -> FloatArray:
        """S texts, B clips -> (B, S); raises as `query` does."""
        sentences = self._text_encoder.embed_texts(texts)
        return self._head.label_logits(sentences, encoding.embeddings, encoding.tag_scores)


def aligned_words(encoder_folder: Path, *, encoder_digest: str) -> AlignedWords | None:
    """The words of the encoder in a folder; None if it has no head or the extra is missing."""
    folder = encoder_folder / HEAD_NAME
    if not (folder / "config.json").is_file() or not is_installed():
        return None
    return AlignedWords(folder, encoder_digest=encoder_digest)
