"""How unusual a sound is, as it comes, by any fitted model of what is normal.

Axes: T samples, N frames.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kikimimi.audio.resampling import StreamResampler
from kikimimi.errors import AnomalyError
from kikimimi.listening.contract import Kind, Scores, Sensor, SoundFormat
from kikimimi.types import FloatArray


class ClipScores(Protocol):
    """Scores (B,) of clips."""

    @property
    def scores(self) -> NDArray[np.float64]:
        """The higher, the more unusual."""
        ...


class ClipScorer(Protocol):
    """A fitted model, such as `tasks.anomaly.storage.load_model` gives: how unusual clips are."""

    @property
    def sample_rate_hz(self) -> int:
        """Rate of the samples that it takes."""
        ...

    @property
    def clip_s(self) -> float:
        """Length of the clips that it was fitted on."""
        ...

    @property
    def threshold(self) -> float:
        """The score above which a clip is anomalous."""
        ...

    def score_clips(self, samples: FloatArray) -> ClipScores:
        """The scores of mono clips (B, T)."""
        ...


class AnomalySensor(Sensor):
    """The score of a window that slides along; one label, the name of the model.

    A score belongs to the last `step_s` of its window: the window hears far back, but what is new
    in it is there. A window that the model cannot score, such as digital silence, is no anomaly.

    Args:
        scorer: the fitted model.
        name: the label of what it finds.
        step_s: how often a window is scored.
    """

    kind: Kind = "anomaly"

    def __init__(self, scorer: ClipScorer, *, name: str = "anomaly", step_s: float = 1.0) -> None:
        self._scorer = scorer
        self.labels = (name,)
        self.thresholds = np.array([scorer.threshold], np.float32)
        rate_hz = scorer.sample_rate_hz
        self._step = max(1, round(step_s * rate_hz))
        self._size = max(self._step, round(scorer.clip_s * rate_hz))

    def start(self, sound: SoundFormat) -> None:
        """Begin anew: nothing is scored before a whole window was heard."""
        self._resampler = StreamResampler(1, sound.sample_rate_hz, self._scorer.sample_rate_hz)
        self._held = np.zeros(0, np.float32)
        self._end = self._size  # of the next window, in samples of the sound

    def push(self, samples: FloatArray, mono: FloatArray) -> Iterator[Scores]:
        """A score (1, 1) for each window that is complete."""
        self._held = np.concatenate([self._held, self._resampler.push(mono[None])[0]])
        rate_hz = self._scorer.sample_rate_hz
        while len(self._held) >= self._size:
            score = self._score(self._held[: self._size])
            start_s = (self._end - self._step) / rate_hz
            yield Scores(start_s, self._step / rate_hz, np.array([[score]], np.float32))
            self._held = self._held[self._step :]
            self._end += self._step

    def _score(self, window: FloatArray) -> float:
        try:
            return float(self._scorer.score_clips(window[None]).scores[0])
        except AnomalyError:
            return -np.inf
