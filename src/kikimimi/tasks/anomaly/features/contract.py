"""What every kind of features keeps. Axes: T samples, R rows, D size of a row."""

from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np

from kikimimi.types import FloatArray

_LEVEL = 0.05
"""Root mean square of clips whose level is set, about -26 dB under full scale."""


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

    @property
    @abstractmethod
    def sets_level(self) -> bool:
        """Whether each clip is brought to one level first, so that loudness is no feature."""

    @abstractmethod
    def _rows(self, samples: FloatArray) -> FloatArray:
        """`rows` of a clip whose level is set."""

    def rows(self, samples: FloatArray) -> FloatArray:
        """Features of a clip: samples (T,) float32, finite, not all 0, T >= 1 -> (R, D), R >= 1.

        Raises:
            EncoderError: weights are missing or damaged.
        """
        if not self.sets_level:
            return self._rows(samples)
        level = np.sqrt(np.mean(samples.astype(np.float64) ** 2))
        return self._rows((samples * (_LEVEL / max(level, 1e-12))).astype(np.float32))

    def to_dict(self) -> dict[str, Any]:
        """Kind and settings as plain values; `create_features(**...)` makes it again."""
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]
