"""Frame scores of a clip with the times of its frames, and their files.

Axis letters: N frames, K classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import check_classes


@dataclass(frozen=True, slots=True, eq=False)
class DetectionScores:
    """What a detector says of one clip.

    Attributes:
        scores: (N, K), higher where a class is active; infinite values are allowed, NaN is not.
        timestamps: (N + 1,), increasing: frame n is heard from timestamps[n] to timestamps[n + 1]
            seconds.
        classes: K names.
    """

    scores: NDArray[Any]
    timestamps: NDArray[np.float64]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check that the parts fit together.

        Raises:
            ValueError: they do not; a NaN is named by class and frame.
        """
        check_classes(self.classes)
        if self.scores.ndim != 2 or self.scores.shape[1] != len(self.classes):
            raise ValueError(f"scores {self.scores.shape} for {len(self.classes)} classes")
        if self.timestamps.shape != (len(self.scores) + 1,):
            raise ValueError(
                f"{len(self.scores)} frames have {len(self.scores) + 1} boundaries, "
                f"not {self.timestamps.shape}"
            )
        if not (np.isfinite(self.timestamps).all() and (np.diff(self.timestamps) > 0).all()):
            raise ValueError("the boundaries of frames must increase")
        bad = np.argwhere(np.isnan(self.scores))
        if len(bad):
            frame, column = bad[0]
            raise ValueError(f"score of '{self.classes[column]}' in frame {frame} is NaN")

    @classmethod
    def on_grid(cls, scores: NDArray[Any], classes: Sequence[str], *, hop_s: float) -> Self:
        """Scores (N, K) of frames of equal length that begin at 0.

        Raises:
            ValueError: as the constructor.
        """
        # Rounded to a nanosecond, so that frame 3 of 0.1 s begins at 0.3 s.
        timestamps = np.round(np.arange(len(scores) + 1, dtype=np.float64) * hop_s, 9)
        return cls(np.asarray(scores), timestamps, tuple(classes))

    @property
    def duration_s(self) -> float:
        """Time from the first to the last boundary."""
        return float(self.timestamps[-1] - self.timestamps[0])

    def with_scores(self, scores: NDArray[Any]) -> Self:
        """The same frames and classes with other scores (N, K)."""
        return replace(self, scores=scores)
