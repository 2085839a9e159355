"""A model: features, a detector that was fitted on them, and a threshold for clips.

    features, detector = create_features(layer="layer7"), create_detector("knn")
    model = fit_model(paths, features=features, detector=detector)
    model.score_file(path).anomalous

`fitting` has `fit_model`; `storage` has `save_model` and `load_model`, which keep it in a folder.

Axes: B clips, T samples, R rows, D size of a row, V training clips.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from kikimimi.encoders.contract import check_clips
from kikimimi.errors import AnomalyError, EncoderError
from kikimimi.paths import display_path
from kikimimi.tasks.anomaly.clips import bandwidth_rate_hz, require_sound, silence, sound_clips
from kikimimi.tasks.anomaly.contract import AnomalyScores, ScoreArray
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector
from kikimimi.tasks.anomaly.detectors.registry import detector_settings
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.normal_spectrum import AnomalyMap, NormalSpectrum
from kikimimi.tasks.anomaly.threshold import gamma_threshold
from kikimimi.types import FloatArray, Window


@dataclass(frozen=True, slots=True, eq=False)
class FileScores:
    """Scores of the clips of a file, `windows` telling where each is.

    `silent` are the clips that have none: digital silence, as of a cable that was loose.
    """

    path: Path
    windows: tuple[Window, ...]
    clips: AnomalyScores
    silent: tuple[Window, ...] = ()

    @property
    def score(self) -> float:
        """The highest of the clips: a file is as anomalous as its worst stretch."""
        return float(self.clips.scores.max())

    @property
    def threshold(self) -> float:
        """The score above which a clip is anomalous."""
        return self.clips.threshold

    @property
    def anomalous(self) -> bool:
        """Whether any clip is."""
        return self.score > self.threshold


@dataclass(frozen=True, eq=False)
class FittedModel:
    """Keeps the contract `contract.AnomalyModel`; `fitting.fit_model` makes one.

    Attributes:
        features: what the detector hears.
        detector: fitted.
        training_scores: (V,) of the training clips, each without its own recording.
        false_alarm_rate: share of normal clips above the threshold.
        clip_s: median length of the training clips.
        cut_s: how files are cut into clips; None if they are heard whole.
        bandwidth_rate_hz: the rate of the training files, at most that of the features.
        spectrum: what the training clips sound like, for pictures of where an anomaly lies.
    """

    features: AnomalyFeatures
    detector: BaseAnomalyDetector
    training_scores: ScoreArray
    false_alarm_rate: float
    clip_s: float
    cut_s: float | None
    bandwidth_rate_hz: int
    spectrum: NormalSpectrum

    @property
    def sample_rate_hz(self) -> int:
        """Rate of the samples that it takes."""
        return self.features.sample_rate_hz

    @cached_property
    def threshold(self) -> float:
        """The score above which a clip is anomalous."""
        return gamma_threshold(self.training_scores, false_alarm_rate=self.false_alarm_rate)

    @property
    def identity(self) -> str:
        """Name of the detector and a digest of everything that decides scores and threshold."""
        detector = detector_settings(self.detector)
        features = [self.features.to_dict(), self.features.identity]
        settings = json.dumps([detector, features, self.threshold], sort_keys=True)
        digest = hashlib.sha256(settings.encode())
        for name, value in sorted(self.detector.fitted_state().items()):
            digest.update(name.encode() + np.array(value, order="C").tobytes())
        return f"{detector['name']}@{digest.hexdigest()[:16]}"

    def at_rate(self, false_alarm_rate: float) -> "FittedModel":
        """The same model with the threshold for another false-alarm rate.

        Raises:
            AnomalyError: it does not lie between 0 and 1.
        """
        gamma_threshold(self.training_scores, false_alarm_rate=false_alarm_rate)
        return replace(self, false_alarm_rate=false_alarm_rate)

    def score_clips(
        self, samples: FloatArray, *, sample_rate_hz: int | None = None
    ) -> AnomalyScores:
        """Score clips of equal length; see the contract.

        Args:
            samples: (B, T) float32.
            sample_rate_hz: of the samples, if it is to be checked.

        Raises:
            AnomalyError: another shape or rate, NaN or infinite samples, or a silent clip.
            EncoderError: the encoder's weights are missing.
        """
        if sample_rate_hz not in (None, self.sample_rate_hz):
            raise AnomalyError(
                f"the model takes samples at {self.sample_rate_hz} Hz, but got {sample_rate_hz} "
                "Hz; resample them"
            )
        scores = [self._score(clip) for clip in self._checked(samples)]
        return AnomalyScores(np.array(scores), self.threshold)

    def score_file(self, path: Path) -> FileScores:
        """Score a file, cut into clips as the training files were.

        Raises:
            AudioError: the file cannot be read.
            AnomalyError: all of it is silent, or it was recorded at a rate that the training files
                were not.
        """
        self._check_bandwidth(path)
        found: list[tuple[Window, float]] = []
        silent: list[Window] = []
        for clip in sound_clips(path, sample_rate_hz=self.sample_rate_hz, clip_s=self.cut_s):
            if clip.is_silent:
                silent.append(clip.window)
            else:
                found.append((clip.window, self._score(clip.samples)))
        if not found:
            raise silence(display_path(path))
        scores = AnomalyScores(np.array([score for _, score in found]), self.threshold)
        return FileScores(path, tuple(window for window, _ in found), scores, tuple(silent))

    def where(self, samples: FloatArray) -> AnomalyMap:
        """Where in time and frequency samples (T,) differ from the normal clips.

        Raises:
            AnomalyError: as `score_clips`.
        """
        (clip,) = self._checked(samples[None])
        return self.spectrum.compare(clip, sample_rate_hz=self.sample_rate_hz)

    def _checked(self, samples: FloatArray) -> FloatArray:
        try:
            clips = check_clips(samples)
        except EncoderError as error:
            raise AnomalyError(str(error).replace("an encoder", "a model")) from None
        for number, clip in enumerate(clips):
            require_sound(clip, where=f"clip {number + 1} of {len(clips)}")
        return clips

    def _score(self, samples: FloatArray) -> float:
        return float(self.detector.anomaly_score(self.features.rows(samples)).mean())

    def _check_bandwidth(self, path: Path) -> None:
        found = bandwidth_rate_hz(path, self.sample_rate_hz)
        if found != self.bandwidth_rate_hz:
            raise AnomalyError(
                f"{display_path(path)}: was recorded at {found} Hz, but the model was fitted on "
                f"recordings at {self.bandwidth_rate_hz} Hz; record alike, or fit another model"
            )
