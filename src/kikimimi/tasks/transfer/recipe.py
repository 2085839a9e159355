"""What a transfer recipe says."""

from dataclasses import dataclass, field
from typing import Literal

from kikimimi.encoders.registry import DEFAULT_ENCODER


@dataclass(frozen=True, slots=True)
class TransferData:
    """The labelled clips."""

    name: str = "folders"
    """One of `kikimimi.datasets.registry.dataset_names()`."""


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """Multinomial logistic regression on standardised embeddings."""

    strengths: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0)
    """Inverse strengths of the L2 penalty; one is chosen inside the training clips."""
    inner_folds: int = 3
    """Parts of the training clips for that choice; clips of one recording stay together."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class TransferRecipe:
    """Everything that decides a head, but the place of the audio."""

    task: Literal["transfer"] = "transfer"
    encoder: str = DEFAULT_ENCODER
    data: TransferData = field(default_factory=TransferData)
    head: HeadSettings = field(default_factory=HeadSettings)
