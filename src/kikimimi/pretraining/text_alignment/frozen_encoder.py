"""The default encoder as the training of a fold left it, frozen."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

from kikimimi.datasets import esc50
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.default import DefaultEncoder, EmbeddedEncoder
from kikimimi.encoders.mobilenet import mobilenet_from_state
from kikimimi.encoders.vocabulary import vocabulary
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.training.checkpoint import load_checkpoint

FOLD_FIELD = "{fold}"
"""Stands for the number of the test fold in a pattern of paths."""


def open_encoder(path: Path, *, held_out: Sequence[str] = ()) -> Encoder:
    """Load an exported folder of the default encoder, or the state of one without some classes.

    Raises:
        ConfigError: there is no such file or folder, or the file is no state of a network.
        EncoderError: the weights do not fit.
    """
    if not path.exists():
        raise ConfigError(f"{path}: there are no weights of an encoder; train it first")
    if path.is_dir():
        return DefaultEncoder(path).load()
    kept = [name for name in esc50.CATEGORIES if name not in held_out]
    return _StateEncoder(path, [f"esc50/{name}" for name in kept]).load()


class _StateEncoder(EmbeddedEncoder):
    """Weights that `kikimimi.pretraining.default_encoder` wrote as `encoder.pt`."""

    def __init__(self, path: Path, classes: Sequence[str]) -> None:
        events = tuple(entry.tag for entry in vocabulary("audioset"))
        self.card = replace(DefaultEncoder.card, vocabulary=(*events, *classes))  # type: ignore[misc]
        super().__init__(path.parent)
        self._path = path

    def load(self) -> Self:
        if self._network is None:
            try:
                network = mobilenet_from_state(load_checkpoint(self._path) or {})
            except EncoderError as error:
                raise EncoderError(f"{self._path}: {error}") from None
            tags = network.config.event_count + network.config.class_count
            if tags != len(self.card.vocabulary):
                raise ConfigError(
                    f"{self._path}: the encoder gives {tags} tags, but the recipe's held_out makes "
                    f"{len(self.card.vocabulary)}; give the encoder that was trained with it"
                )
            self._network = network.requires_grad_(requires_grad=False)
        return self

    @cached_property
    def weights_digest(self) -> str:
        return hashlib.sha256(self._path.read_bytes()).hexdigest()
