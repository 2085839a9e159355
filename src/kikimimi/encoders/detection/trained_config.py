"""What `config.json` of a detector that `kikimimi train` has made says, and the card beside it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from kikimimi.encoders.model_card import model_card
from kikimimi.encoders.weights import CONFIG_NAME, read_config
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.features.config import LogMelConfig
from kikimimi.paths import display_path

ARCHITECTURE = "frame_tagger"

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class TrainedDetectorConfig:
    """Everything that decides the events of a trained detector, but the weights; and its card.

    Attributes:
        name: of the detector.
        title: what it is, in a line.
        paper: what it follows.
        licence: of the weights.
        training_data: what it was trained on.
        classes: the K labels.
        frame_hop_s: length of a frame of the scores.
        window_s: the stretch that is heard at once, as in training.
        front_end: of the log-mels that the network hears; their rate is that of the detector.
        network: name of the backbone; None for a head on an encoder's frames alone.
        network_options: where the backbone differs from its standard sizes.
        head: sizes of `FrameHeadConfig`.
        thresholds: for each class.
        median_frames: for each class the length of its median filter, odd.
        encoder: the reference of an encoder whose frames are heard too, or None.
        encoder_identity: exactly which weights of it.
        encoder_layers: the layers of it that are heard in place of its frame embeddings.
        parameters: number of trained values.

    Raises:
        EncoderError: a value is impossible.
    """

    name: str
    title: str
    paper: str
    licence: str
    training_data: str
    classes: tuple[str, ...]
    frame_hop_s: float
    window_s: float
    front_end: LogMelConfig
    network: str | None
    thresholds: tuple[float, ...]
    median_frames: tuple[int, ...]
    network_options: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    encoder: str | None = None
    encoder_identity: str | None = None
    encoder_layers: tuple[str, ...] = ()
    parameters: int = 0

    def __post_init__(self) -> None:
        count = len(self.classes)
        steps = self.frame_hop_s / self.front_end.frame_hop_s
        checks = {
            "name must be small letters, digits and ._-": bool(_NAME.fullmatch(self.name)),
            "thresholds must be one number in [0, 1] for each class": len(self.thresholds) == count
            and all(isfinite(value) and 0 <= value <= 1 for value in self.thresholds),
            "median_frames must be one odd number for each class": len(self.median_frames) == count
            and all(length >= 1 and length % 2 == 1 for length in self.median_frames),
            "there must be a network or an encoder": bool(self.network or self.encoder),
            "frame_hop_s must be a whole number of steps of the front end": self.network is None
            or (steps >= 1 - 1e-6 and abs(steps - round(steps)) < 1e-6),
        }
        for rule, holds in checks.items():
            if not holds:
                raise EncoderError(rule)

    @property
    def mel_frames(self) -> int:
        """Frames of the front end for one frame of the scores."""
        return max(1, round(self.frame_hop_s / self.front_end.frame_hop_s))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for `config.json`."""
        return {"architecture": ARCHITECTURE, **asdict(self)}


def read_detector_config(folder: Path) -> tuple[TrainedDetectorConfig, str]:
    """The configuration in a folder, and the SHA-256 that its weights must have.

    Raises:
        EncoderError: there is no detector that was trained by Kikimimi, or it is damaged.
    """
    where = display_path(folder / CONFIG_NAME)
    values = dict(read_config(folder))
    if values.pop("architecture", None) != ARCHITECTURE:
        raise EncoderError(f"{where}: not a detector that 'kikimimi train' has made; name another")
    digest = str(values.pop("weights_sha256", ""))
    try:
        values["front_end"] = LogMelConfig.from_dict(values["front_end"])
        for name in ("classes", "thresholds", "median_frames", "encoder_layers"):
            values[name] = tuple(values.get(name, ()))
        return TrainedDetectorConfig(**values), digest
    except (KeyError, TypeError, ConfigError, EncoderError) as error:
        raise EncoderError(f"{where}: damaged ({error}); train again, or get it again") from None


def detector_card_text(config: TrainedDetectorConfig, facts: Mapping[str, str]) -> str:
    """`README.md` of the folder: a model card with a table of facts."""
    rows = {
        "method": config.title,
        "paper": config.paper,
        "training data": config.training_data,
        "licence of the weights": config.licence,
        "classes": ", ".join(config.classes),
        "network": f"{config.network} {config.network_options or ''}".strip(),
        "encoder": " ".join([config.encoder_identity or "none", *config.encoder_layers]),
        "parameters": f"{config.parameters:,}",
        "sample rate": f"{config.front_end.sample_rate_hz} Hz",
        "frame": f"{config.frame_hop_s:g} s",
        "window": f"{config.window_s:g} s",
        **facts,
    }
    about = (
        "A detector of sound events, trained with Kikimimi. "
        "Use it with `kikimimi detect --detector` and the path of this folder."
    )
    return model_card(config.name, about, rows)
