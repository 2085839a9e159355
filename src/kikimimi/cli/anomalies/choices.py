"""What is heard and by which detector, as it is chosen on the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kikimimi.encoders.registry import DEFAULT_ENCODER, create_encoder
from kikimimi.errors import ConfigError
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector
from kikimimi.tasks.anomaly.detectors.registry import create_detector
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.features.registry import create_features
from kikimimi.tasks.anomaly.threshold import check_rate
from kikimimi.training.yaml_text import parse_yaml

_OVER_TIME = "autoencoder"
_FRAMES = "log_mel_frames"
_MIDDLE_LAYER = "layer7"


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """Names and settings as they were given; None and empty where they were not.

    `settings` are those of the detector, `name=value` each, the value being YAML.
    """

    detector: str
    settings: tuple[str, ...] = ()
    false_alarm_rate: float | None = None
    features: str | None = None
    encoder: str | None = None
    layer: str | None = None
    pooling: str | None = None

    def make_features(self) -> AnomalyFeatures:
        """What the detector is to hear.

        Raises:
            ConfigError: a name is unknown, or the features have no such setting.
            EncoderError: there is no such encoder or layer.
        """
        kind = self.features or (_FRAMES if self.detector == _OVER_TIME else "encoder")
        given = {"encoder": self.encoder, "layer": self.layer, "pooling": self.pooling}
        settings: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        if kind == "encoder" and self.layer is None:
            encoder = create_encoder(self.encoder or DEFAULT_ENCODER)
            settings["layer"] = _MIDDLE_LAYER if _MIDDLE_LAYER in encoder.layer_names else ""
        return create_features(kind, **settings)

    def make_detector(self) -> BaseAnomalyDetector:
        """The detector, not fitted yet.

        Raises:
            ConfigError: a name is unknown, or a setting is not written `name=value`.
            AnomalyError: the false-alarm rate does not lie between 0 and 1.
        """
        settings = _parsed(self.settings)
        if self.false_alarm_rate is not None:
            check_rate(self.false_alarm_rate)
            settings["false_alarm_rate"] = self.false_alarm_rate
        return create_detector(self.detector, **settings)


def _parsed(settings: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise ConfigError(
                f"'{setting}': a setting of a detector is written name=value, such as n_neighbors=2"
            )
        found[name.strip()] = parse_yaml(text, where=f"'{setting}'")
    return found
