"""The contract that every text encoder keeps.

Axes: S texts, E size of a sentence embedding.

Constructing a text encoder is free; `load` reads the weights. A text in any script is taken. Of a
text longer than `card.most_tokens` pieces the beginning counts. A text without a letter or digit
says nothing and is refused.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar, Self

import numpy as np

from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class TextEncoderCard:
    """What one must know to use a text encoder and to cite it.

    `languages` are the ones it was trained on; `most_tokens` is the number of word pieces that
    are read of a text, marks of beginning and end included.
    """

    name: str
    title: str
    paper: str
    licence: str
    embedding_size: int
    most_tokens: int
    languages: tuple[str, ...] = ("en",)


class TextEncoder(ABC):
    """Turns sentences into vectors of length 1.

    Subclasses give `card` (a class attribute, or a property where it depends on the weights),
    `load`, `weights_digest` and `_embed`; the checks of what goes in stand here.
    """

    card: ClassVar[TextEncoderCard]

    @abstractmethod
    def load(self) -> Self:
        """Read the weights, once; loading again does nothing.

        Raises:
            EncoderError: the weights or what is needed to read them are missing or damaged.
        """

    @property
    @abstractmethod
    def weights_digest(self) -> str:
        """SHA-256 of the weights, in hexadecimal digits."""

    @abstractmethod
    def _embed(self, texts: Sequence[str]) -> FloatArray: ...

    @property
    def identity(self) -> str:
        """Short name of exactly these weights, `name@digest`; equal ones give equal vectors."""
        text = json.dumps(asdict(self.card), sort_keys=True) + self.weights_digest
        return f"{self.card.name}@{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def embed_texts(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts: S strings -> (S, E) float32, each of length 1.

        A vector depends on its text alone, up to rounding.

        Raises:
            EncoderError: a text holds no letter or digit, or the weights are not loaded.
        """
        for number, text in enumerate(texts, start=1):
            if not any(map(str.isalnum, text)):
                shown = repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")
                raise EncoderError(
                    f"text {number} of {len(texts)} is empty ({shown}); write at least one word"
                )
        if not texts:
            return np.zeros((0, self.card.embedding_size), np.float32)
        return self._embed(texts)
