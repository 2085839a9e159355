"""The contract that every detector of sound events keeps.

Axes: B clips, T samples, N frames, K classes.

Constructing a detector is free; `load` reads the weights. The scores of a clip depend on the
samples of that clip alone.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kikimimi.encoders.contract import check_clips
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

IntArray = NDArray[np.int64]

_WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class DetectorCard:
    """What one must know to use a detector and to cite it.

    `frame_hop_s` is the length of a frame, a whole number of samples; `window_s` the stretch that
    is best heard at once, a whole number of frames. `classes` names the K events: as a data set
    does (`"dog"`), or as a tag of a vocabulary (`"audioset/Dog"`).
    """

    name: str
    title: str
    paper: str
    licence: str
    training_data: str
    classes: tuple[str, ...]
    sample_rate_hz: int
    frame_hop_s: float
    window_s: float
    embedded: bool = False
    """Whether the weights come with the package."""
    parameters: int = 0

    def __post_init__(self) -> None:
        samples = self.frame_hop_s * self.sample_rate_hz
        frames = self.window_s / self.frame_hop_s if self.frame_hop_s > 0 else 0.0
        if not (samples >= 1 and _is_whole(samples) and frames >= 1 and _is_whole(frames)):
            raise EncoderError(
                f"detector '{self.name}': frames of {self.frame_hop_s} s at "
                f"{self.sample_rate_hz} Hz and windows of {self.window_s} s are not whole numbers "
                "of samples and of frames; export it again"
            )
        if not self.classes or len(set(self.classes)) != len(self.classes):
            raise EncoderError(
                f"detector '{self.name}': its classes must be one or more, each named once; "
                "export it again"
            )

    @property
    def frame_samples(self) -> int:
        """Samples of a frame."""
        return round(self.frame_hop_s * self.sample_rate_hz)

    @property
    def window_frames(self) -> int:
        """Frames of a window."""
        return round(self.window_s / self.frame_hop_s)


@dataclass(frozen=True, slots=True, eq=False)
class FrameScores:
    """`scores` (B, N, K) in [0, 1] of the frames between `boundaries_s` (N + 1,)."""

    scores: FloatArray
    boundaries_s: NDArray[np.float64]


class Detector(ABC):
    """Tells for each frame of a sound how likely each event is heard in it.

    Subclasses give `card`, `load`, `weights_digest` and `_score_frames`, and `thresholds` and
    `median_frames` where others than 0.5 and 1 fit.
    """

    card: DetectorCard

    @abstractmethod
    def load(self) -> Self:
        """Read the weights, once; loading again does nothing.

        Raises:
            EncoderError: the weights are missing or damaged.
        """

    @property
    @abstractmethod
    def weights_digest(self) -> str:
        """SHA-256 of the weights, in hexadecimal digits."""

    @abstractmethod
    def _score_frames(self, samples: FloatArray) -> FloatArray:
        """Checked clips (B, T) -> (B, N, K) with N = ceil(T / `card.frame_samples`)."""

    @cached_property
    def thresholds(self) -> FloatArray:
        """(K,) the score above which an event is taken to be heard."""
        return np.full(len(self.card.classes), 0.5, np.float32)

    @cached_property
    def median_frames(self) -> IntArray:
        """(K,) the lengths of the median filters of the scores, odd; 1 for none."""
        return np.ones(len(self.card.classes), np.int64)

    @property
    def reference(self) -> str:
        """What `registry.create_detector` makes this detector of again."""
        return self.card.name

    @property
    def identity(self) -> str:
        """Short name of exactly these weights, thresholds and filters, `name@digest`."""
        facts = {
            "card": {key: value for key, value in asdict(self.card).items() if key in _FIELDS},
            "thresholds": [round(float(value), 6) for value in self.thresholds],
            "median_frames": self.median_frames.tolist(),
            "weights": self.weights_digest,
        }
        text = json.dumps(facts, sort_keys=True)
        return f"{self.card.name}@{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def score_frames(self, samples: FloatArray) -> FrameScores:
        """Score clips of equal length.

        Args:
            samples: (B, T) float32 at `card.sample_rate_hz`, nominally in [-1, 1]; B, T >= 1.

        Returns:
            Scores of ceil(T / `card.frame_samples`) frames; the last one ends with the clip.

        Raises:
            EncoderError: the array has another shape, no clips or samples, or NaN or infinite
                ones; or the weights are not loaded.
        """
        clips = check_clips(samples)
        scores = self._score_frames(clips)
        boundaries = np.arange(scores.shape[1] + 1) * self.card.frame_hop_s
        boundaries[-1] = clips.shape[1] / self.card.sample_rate_hz
        return FrameScores(scores, boundaries)


_FIELDS = {"name", "classes", "sample_rate_hz", "frame_hop_s", "window_s"}


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) <= _WHOLE * max(1.0, value)
