"""The contract that every network keeps, and the checks of its configuration.

Axes: B clips, F mel bands, N mel frames, T samples, N' feature frames, D' features of a frame,
D embedding size.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints

from torch import Tensor, nn

from kikimimi.errors import ConfigError

InputKind = Literal["log_mel", "waveform"]

_RATES = ("dropout", "stochastic_depth")


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Base of the sizes of a network; making one checks every value.

    Whole numbers (alone or in tuples) are at least 1, or None where that is allowed, other numbers
    finite and above 0, the rates of dropout and stochastic depth in [0, 1), names among those of
    their `Literal`.

    Raises:
        ConfigError: a value is impossible; the message names the field.
    """

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for field in fields(self):
            value = getattr(self, field.name)
            complaint = _complaint(field.name, hints[field.name], value)
            self.require(complaint is None, f"{field.name} {complaint}, but is {value!r}")
        self.check()

    def check(self) -> None:
        """Check what one field alone cannot tell; subclasses that need it override this.

        Raises:
            ConfigError: values do not fit together.
        """

    def require(self, holds: bool, complaint: str) -> None:
        """Raise `ConfigError` with the name of this configuration unless `holds`."""
        if not holds:
            raise ConfigError(f"{type(self).__name__}: {complaint}")


def _complaint(name: str, hint: Any, value: Any) -> str | None:
    """What is wrong with a value of one field, or None."""
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        return None if value in choices else f"must be one of {', '.join(map(str, choices))}"
    if get_origin(hint) is tuple:
        return _tuple_complaint(get_args(hint), value)
    if hint is bool:
        return None if isinstance(value, bool) else "must be true or false"
    if hint == int | None and value is None:
        return None
    if hint in (int, int | None):
        return None if _is_size(value) else "must be a whole number of at least 1"
    if not isinstance(value, (int, float)) or not isfinite(value):
        return "must be a finite number"
    if name in _RATES:
        return None if 0 <= value < 1 else "must lie in [0, 1)"
    return None if value > 0 else "must be above 0"


def _tuple_complaint(kinds: tuple[Any, ...], value: Any) -> str | None:
    if not isinstance(value, tuple) or not value or not all(map(_is_size, value)):
        return "must be a list of whole numbers of at least 1"
    if Ellipsis not in kinds and len(value) != len(kinds):
        return f"must have {len(kinds)} numbers"
    return None


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


class Network(nn.Module, ABC):
    """Turns a batch of sounds into embeddings; it holds no classifier.

    The constructor takes one value of `Config`. In evaluation mode what comes out for a clip
    depends on that clip alone. Sounds of one second or more are taken, of any length.
    """

    Config: ClassVar[type[NetworkConfig]]
    input_kind: ClassVar[InputKind]
    paper: ClassVar[str]
    embedding_size: int

    @abstractmethod
    def frames(self, x: Tensor) -> Tensor:
        """Features over time, before pooling: (B, F, N) or (B, T) -> (B, N', D')."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Embeddings: normalised log-mel (B, F, N) or waveform (B, T) -> (B, D)."""
