"""Which class a long recording is of, over time: acoustic scenes above all.

Axes: W windows, T samples, K classes, P stretches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from kikimimi.audio.sources import open_source
from kikimimi.audio.windows import source_windows
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.tasks.classification.evaluation import Predictor
from kikimimi.tasks.classification.folds import finished_folds
from kikimimi.tasks.classification.runs import WEIGHTS, load_classifier, read_classes, read_run
from kikimimi.tasks.classification.trainable import predictor_of
from kikimimi.types import Event, FloatArray, Recording, Window

_AT_ONCE = 8


@dataclass(frozen=True, slots=True, eq=False)
class ClassesOverTime:
    """`probabilities` (W, K) of `windows`, in order."""

    recording: Recording
    duration_s: float
    windows: tuple[Window, ...]
    probabilities: FloatArray


class OverTimeClassifier:
    """Hears long recordings with what `kikimimi train` has made.

    Windows have the length of the crops in training and overlap by half. Of a run of several folds
    the mean over the folds is taken.

    Args:
        run: its folder, or that of a fold.

    Raises:
        ConfigError: no training has ended there, or it does not say its classes.
    """

    def __init__(self, run: Path) -> None:
        folders = finished_folds(run)
        self.classes = read_classes(folders[0])
        recipes = [read_run(folder).recipe for folder in folders]
        self.sample_rate_hz = recipes[0].data.sample_rate_hz
        self.window_s = recipes[0].augmentation.crop_s
        self._predictors = [_predictor(folder, len(self.classes)) for folder in folders]

    def __call__(self, path: Path) -> ClassesOverTime:
        """Hear a file of any length in bounded memory.

        Raises:
            AudioError: it cannot be decoded.
        """
        windows: list[Window] = []
        parts: list[FloatArray] = []
        with open_source(path) as source:
            stream = source_windows(
                source,
                sample_rate_hz=self.sample_rate_hz,
                window_s=self.window_s,
                hop_s=self.window_s / 2,
                min_s=self.window_s,
                quantum_s=self.window_s,
            )
            for batch in _batches(stream):
                windows.extend(window for window, _ in batch)
                parts.append(self._heard(np.stack([samples for _, samples in batch])))
            recording = source.recording
        if not windows:
            raise AudioError(f"{display_path(path)}: holds no sound")
        return ClassesOverTime(recording, windows[-1].end_s, tuple(windows), np.concatenate(parts))

    def _heard(self, samples: FloatArray) -> FloatArray:
        """(W, T) -> (W, K)."""
        members = [predict(samples).probabilities for predict in self._predictors]
        return np.mean(members, axis=0, dtype=np.float32)


def _predictor(folder: Path, class_count: int) -> Predictor:
    """What hears windows of the length of a crop, each as one crop."""
    recipe = read_run(folder).recipe
    once = replace(recipe, test=replace(recipe.test, crops=1))
    weights = next(name for name in WEIGHTS if (folder / f"{name}.safetensors").exists())
    return predictor_of(once, load_classifier(folder, class_count, weights=weights))


def _batches(
    stream: Iterator[tuple[Window, FloatArray]],
) -> Iterator[list[tuple[Window, FloatArray]]]:
    while batch := list(islice(stream, _AT_ONCE)):
        yield batch


def stretches(
    heard: ClassesOverTime, classes: Sequence[str], *, smooth_s: float = 0.0
) -> tuple[Event, ...]:
    """Stretches of one class each, without gaps: the likeliest of the mean probabilities.

    A window decides from the middle between its centre and that of the window before to the middle
    to the next. The score of a stretch is the mean probability of its class.

    Args:
        heard: the probabilities over time.
        classes: the K names.
        smooth_s: probabilities are averaged over windows whose centres are within half of this.
    """
    centres = np.array([(window.start_s + window.end_s) / 2 for window in heard.windows])
    smoothed = _smoothed(heard.probabilities, centres, smooth_s)
    middles = (centres[1:] + centres[:-1]) / 2
    edges = np.concatenate([[0.0], middles, [heard.duration_s]])
    best = smoothed.argmax(axis=1)
    bounds = np.flatnonzero(np.diff(best, prepend=-1, append=-1))
    return tuple(
        Event(
            round(float(edges[first]), 6),
            round(float(edges[end]), 6),
            classes[best[first]],
            float(smoothed[first:end, best[first]].mean()),
        )
        for first, end in pairwise(bounds)
    )


def _smoothed(probabilities: FloatArray, centres: np.ndarray, smooth_s: float) -> FloatArray:
    """Means (W, K) over the windows around each, all weighed alike."""
    sums = np.concatenate([np.zeros((1, probabilities.shape[1])), probabilities.cumsum(axis=0)])
    firsts = np.searchsorted(centres, centres - smooth_s / 2 - 1e-9)
    ends = np.searchsorted(centres, centres + smooth_s / 2 + 1e-9, side="right")
    return ((sums[ends] - sums[firsts]) / (ends - firsts)[:, None]).astype(np.float32)
