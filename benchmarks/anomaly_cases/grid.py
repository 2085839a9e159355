"""Features and detectors of the study. What each is set to was chosen beforehand, for all machines.

The middle layer 7 of both networks has 512 channels and 4 bands; the spectrogram has 64 bands,
taken as 8 neighbouring groups, or 128 from 0 Hz on as 16.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anomaly_cases.baseline_mel import BaselineMel
from anomaly_cases.level import Level
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector
from kikimimi.tasks.anomaly.detectors.registry import create_detector
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.features.registry import create_features

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class FeatureCase:
    """One kind of features: pooled over time, as rows over time, and how its bands stand.

    `only` names the detectors that make sense of them; all if empty.
    """

    pooled: Settings
    frames: Settings
    bands: Settings
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class DetectorCase:
    """One detector; `over_time` if its rows are short stretches, else one for each clip."""

    settings: Settings
    over_time: bool = False
    by_band: bool = False


def _layer(encoder: str, layer: str, bands: Settings) -> FeatureCase:
    common = {"kind": "encoder", "encoder": encoder, "layer": layer}
    return FeatureCase(common | {"pooling": "mean"}, common | {"pooling": "none"}, bands)


_FOUR_BANDS = {"bands": 4, "order": "channels_first"}

FEATURES: Mapping[str, FeatureCase] = {
    "level alone": FeatureCase({"kind": Level.kind}, {"kind": Level.kind}, {}, only=("Gaussian",)),
    "log-mel": FeatureCase(
        {
            **{"kind": "encoder", "encoder": "logmel_statistics"},
            **{"layer": "log_mel", "pooling": "mean"},
        },
        {"kind": "log_mel_frames"},
        {"bands": 8, "order": "bands_first"},
    ),
    "log-mel, 0 Hz": FeatureCase(
        {"kind": BaselineMel.kind},
        {"kind": "log_mel_frames"},
        {"bands": 16, "order": "bands_first"},
    ),
    "YAMNet": _layer("yamnet", "layer7", _FOUR_BANDS),
    "default": _layer("kikimimi", "layer7", _FOUR_BANDS),
}

DETECTORS: Mapping[str, DetectorCase] = {
    "AE, MSE": DetectorCase({"name": "autoencoder", "distance": "mse"}, over_time=True),
    "AE, Mahalanobis": DetectorCase(
        {"name": "autoencoder", "distance": "mahalanobis"}, over_time=True
    ),
    "Gaussian": DetectorCase({"name": "gaussian"}),
    "k-NN": DetectorCase({"name": "knn"}),
    "k-NN, LDN": DetectorCase({"name": "ldn"}),
    "sub-bands": DetectorCase({"name": "sub_bands", "detector": {"name": "knn"}}, by_band=True),
    "sub-bands, LDN": DetectorCase(
        {"name": "sub_bands", "detector": {"name": "ldn"}}, by_band=True
    ),
    "MemMixup": DetectorCase({"name": "mem_mixup"}),
    "SMOTE": DetectorCase({"name": "smote"}),
}


def make_case(
    features: str, detector: str, *, epochs: int, seed: int
) -> tuple[AnomalyFeatures, BaseAnomalyDetector]:
    """Features and an unfitted detector by their names in the tables."""
    heard, case = FEATURES[features], DETECTORS[detector]
    settings = dict(case.settings)
    if case.by_band:
        settings |= heard.bands
    if case.over_time:
        # the study needs no thresholds, so the auto-encoder is trained once
        settings |= {"epochs": epochs, "folds": 0, "random_state": seed}
    if settings["name"] == "smote":
        settings["random_state"] = seed
    made = create_features(**(heard.frames if case.over_time else heard.pooled))
    return made, create_detector(**settings)
