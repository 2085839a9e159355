"""Any model of `transformers` in a local folder, frozen, as a text encoder.

A sentence is the mean of the last layer over its tokens, scaled to length 1 (Reimers and Gurevych,
"Sentence-BERT", EMNLP 2019), which also serves for decoders such as an LLM. Nothing is fetched and
no code from the folder is run. Needs `transformers` (`pip install "kikimimi[text]"`).

Axes: S texts, L tokens, E size of a sentence embedding.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from kikimimi.encoders.text.contract import TextEncoder, TextEncoderCard
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

_MOST_TOKENS = 256
_AT_ONCE = 16


class TransformersFolder(TextEncoder):
    """The mean of the last hidden states of a model.

    Args:
        folder: what `save_pretrained` of a model and of its tokeniser wrote, as safetensors.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model: Any = None
        self._tokenizer: Any = None

    @cached_property
    def card(self) -> TextEncoderCard:  # type: ignore[override]
        """Named after the folder; the licence is that of the model."""
        return TextEncoderCard(
            name=self._folder.name,
            title=f"transformers model in {self._folder.name}",
            paper="see the card of the model",
            licence="see the card of the model",
            embedding_size=int(self._config.hidden_size),
            most_tokens=_MOST_TOKENS,
            languages=(),
        )

    @cached_property
    def _config(self) -> Any:
        return self._read("AutoConfig")

    def load(self) -> Self:
        """Read tokeniser and model, once."""
        if self._model is None:
            self._tokenizer = self._read("AutoTokenizer")
            if self._tokenizer.pad_token is None:
                self._tokenizer.pad_token = self._tokenizer.eos_token
            self._model = self._read("AutoModel", use_safetensors=True).eval()
        return self

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 of all safetensors files, in the order of their names."""
        digest = hashlib.sha256()
        for path in sorted(self._folder.glob("*.safetensors")):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def _read(self, kind: str, **options: Any) -> Any:
        try:
            import transformers
        except ImportError:
            raise EncoderError(
                'text models need transformers; install it with pip install "kikimimi[text]"'
            ) from None
        try:
            return getattr(transformers, kind).from_pretrained(
                self._folder, local_files_only=True, trust_remote_code=False, **options
            )
        except (OSError, ValueError, KeyError) as error:
            reason = str(error).splitlines()[0]
            raise EncoderError(
                f"{self._folder}: cannot be read as a transformers model ({reason}); give a folder "
                "with config.json, model.safetensors and the tokeniser"
            ) from None

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        import torch
        from torch.nn import functional

        if self._model is None:
            raise EncoderError(f"text encoder '{self.card.name}' is not loaded; call load() first")
        parts: list[FloatArray] = []
        with torch.inference_mode():
            for start in range(0, len(texts), _AT_ONCE):
                tokens = self._tokenizer(
                    list(texts[start : start + _AT_ONCE]),
                    padding=True,
                    truncation=True,
                    max_length=_MOST_TOKENS,
                    return_tensors="pt",
                )
                states = self._model(**tokens).last_hidden_state.float()
                counts = tokens["attention_mask"].unsqueeze(2).to(states.dtype)
                mean = (states * counts).sum(dim=1) / counts.sum(dim=1)
                parts.append(functional.normalize(mean, dim=1).numpy())
        return np.concatenate(parts)
