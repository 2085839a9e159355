"""Learning what is normal from files.

Axes: T samples, R rows, D size of a row, V training clips.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import AnomalyError, AudioError, KikimimiError
from kikimimi.paths import display_path
from kikimimi.tasks.anomaly.clips import bandwidth_rate_hz, sounding_clips
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.model import FittedModel
from kikimimi.tasks.anomaly.normal_spectrum import NormalSpectrum
from kikimimi.types import FloatArray

Progress = Callable[[int, int, Path], None]

_NAMED_FAULTS = 3
_FILES_TO_LEAVE_OUT = 5
"""With fewer files their clips must do for each other, however alike they are."""


def fit_model(
    paths: Sequence[Path],
    *,
    features: AnomalyFeatures,
    detector: BaseAnomalyDetector,
    domains: Sequence[int] | None = None,
    clip_s: float | None = None,
    progress: Progress | None = None,
) -> FittedModel:
    """Learn what is normal from files.

    Args:
        paths: recordings of normal sound.
        features: what the detector is to hear.
        detector: is fitted; its `false_alarm_rate` is the model's.
        domains: 0 (source) or 1 (target) for each file; all of the source domain if None.
        clip_s: files are cut into clips of this length; None to take each for one clip.
        progress: called after each file with its number, how many there are, and its path.

    Raises:
        AudioError: the header of a file cannot be read.
        AnomalyError: files are damaged or silent (all are tried first, and the message names
            three), they are of several rates, or there are too few.
        EncoderError: the encoder's weights are missing.
    """
    if domains is not None and len(domains) != len(paths):
        raise AnomalyError(f"{len(domains)} domains for {len(paths)} files; give one for each")
    rate_hz = _common_rate(paths, features.sample_rate_hz)
    heard = _heard(paths, features, clip_s, progress)
    rows = np.concatenate([each.rows for each in heard])
    counts = [len(each.rows) for each in heard]
    clips = np.repeat(np.arange(len(heard)), counts)
    several = len(paths) >= _FILES_TO_LEAVE_OUT
    files = np.array([each.file for each in heard])
    detector.fit(
        rows,
        groups=files[clips] if several else clips,
        domains=None if domains is None else np.asarray(domains)[files][clips],
    )
    scores = np.bincount(clips, detector.training_scores_) / np.bincount(clips)
    return FittedModel(
        features=features,
        detector=detector,
        training_scores=scores,
        false_alarm_rate=detector.false_alarm_rate,
        clip_s=float(np.median([each.duration_s for each in heard])),
        cut_s=clip_s,
        bandwidth_rate_hz=rate_hz,
        spectrum=NormalSpectrum.of([each.levels for each in heard]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    file: int
    duration_s: float
    rows: FloatArray
    levels: NDArray[np.float64]


def _heard(
    paths: Sequence[Path],
    features: AnomalyFeatures,
    clip_s: float | None,
    progress: Progress | None,
) -> list[_Heard]:
    """What there is to learn from; every file is tried before faults are told."""
    heard: list[_Heard] = []
    faults: list[KikimimiError] = []
    for number, path in enumerate(paths):
        try:
            heard.extend(_clips_of(path, number, features, clip_s))
        except (AudioError, AnomalyError) as error:
            faults.append(error)
        if progress is not None:
            progress(number + 1, len(paths), path)
    if faults:
        named = "; ".join(str(error) for error in faults[:_NAMED_FAULTS])
        raise AnomalyError(
            f"{len(faults)} of {len(paths)} recordings cannot be learned from: {named}; mend or "
            "remove them"
        )
    return heard


def _clips_of(
    path: Path, number: int, features: AnomalyFeatures, clip_s: float | None
) -> Iterator[_Heard]:
    for clip in sounding_clips(path, sample_rate_hz=features.sample_rate_hz, clip_s=clip_s):
        levels = NormalSpectrum.moments(clip.samples, features.sample_rate_hz)
        duration_s = len(clip.samples) / features.sample_rate_hz
        yield _Heard(number, duration_s, features.rows(clip.samples), levels)


def _common_rate(paths: Sequence[Path], sample_rate_hz: int) -> int:
    if not paths:
        raise AnomalyError("there are no recordings to learn from; give files of normal sound")
    rates: dict[int, Path] = {}
    for path in paths:
        rates.setdefault(bandwidth_rate_hz(path, sample_rate_hz), path)
    if len(rates) > 1:
        (one, path), (other, second) = list(rates.items())[:2]
        raise AnomalyError(
            f"{display_path(second)}: was recorded at {other} Hz, but {display_path(path)} at "
            f"{one} Hz; give recordings of one rate, or resample all to the lowest"
        )
    return next(iter(rates))
