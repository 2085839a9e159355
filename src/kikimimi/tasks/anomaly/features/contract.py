"""What every kind of features keeps. Axes: T samples, R rows, D size of a row."""

from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any, ClassVar

from kikimimi.types import FloatArray


class AnomalyFeatures(ABC):
    """Turns a clip into rows of features; subclasses are frozen dataclasses of their settings."""

    kind: ClassVar[str]

    @property
    @abstractmethod
    def sample_rate_hz(self) -> int:
        """Rate of the samples that it takes."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """Of whatever weights decide the rows; a model remembers it, and refuses others."""

    @abstractmethod
    def rows(self, samples: FloatArray) -> FloatArray:
        """Features of a clip: samples (T,) float32, finite, T >= 1 -> (R, D), R >= 1.

        Raises:
            EncoderError: weights are missing or damaged.
        """

    def to_dict(self) -> dict[str, Any]:
        """Kind and settings as plain values; `create_features(**...)` makes it again."""
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]
