"""What `config.json` of an encoder that a user has trained says, and the card beside it."""

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

FORMAT = "kikimimi-trained-encoder-1"

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class TextSpace:
    """The space of sentences that sounds can be projected into."""

    encoder: str
    """Name of the text encoder, or the folder of its model."""
    identity: str
    """Which weights of it."""
    size: int
    hidden_size: int


@dataclass(frozen=True, slots=True)
class TrainedConfig:
    """Everything that decides the vectors of a trained encoder, but the weights; and its card.

    Spectrograms are normalised to (x - mean) / scale after the front end. With `chunk_frames` a
    longer sound is heard in stretches of so many frames, as in training.

    Raises:
        EncoderError: a value is impossible.
    """

    name: str
    title: str
    paper: str
    licence: str
    training_data: str
    network: str
    front_end: LogMelConfig
    embedding_size: int
    frame_hop_s: float
    window_s: float
    network_options: dict[str, Any] = field(default_factory=dict)
    mean: float = 0.0
    scale: float = 1.0
    chunk_frames: int | None = None
    frames_are_embeddings: bool = True
    """Whether a frame of the network has the size of its embedding."""
    text: TextSpace | None = None
    parameters: int = 0

    def __post_init__(self) -> None:
        checks = {
            "name must be small letters, digits and ._-": bool(_NAME.fullmatch(self.name)),
            "embedding_size must be 1 or more": self.embedding_size >= 1,
            "scale must be above 0, and mean finite": self.scale > 0 and isfinite(self.mean),
            "0 < frame_hop_s <= window_s": 0 < self.frame_hop_s <= self.window_s,
            "chunk_frames must be 1 or more": self.chunk_frames is None or self.chunk_frames >= 1,
        }
        for rule, holds in checks.items():
            if not holds:
                raise EncoderError(rule)

    def vector_facts(self) -> dict[str, Any]:
        """The plain values that decide the vectors."""
        kept = ("network", "network_options", "front_end", "mean", "scale", "chunk_frames")
        facts = asdict(self)
        return {key: facts[key] for key in kept}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for `config.json`."""
        return {"format": FORMAT, **asdict(self)}


def read_trained_config(folder: Path) -> tuple[TrainedConfig, str]:
    """The configuration in a folder, and the SHA-256 that its weights must have.

    Raises:
        EncoderError: there is no encoder that was trained by Kikimimi.
    """
    where = display_path(folder / CONFIG_NAME)
    if not (folder / CONFIG_NAME).is_file():
        raise EncoderError(
            f"{display_path(folder)}: there is no encoder; give the folder 'encoder' of a training"
        )
    values = dict(read_config(folder))
    if values.pop("format", None) != FORMAT:
        raise EncoderError(f"{where}: not an encoder that 'kikimimi train' has made; name another")
    digest = str(values.pop("weights_sha256", ""))
    try:
        values["front_end"] = LogMelConfig.from_dict(values["front_end"])
        text = values.get("text")
        values["text"] = None if text is None else TextSpace(**text)
        return TrainedConfig(**values), digest
    except (KeyError, TypeError, ConfigError, EncoderError) as error:
        raise EncoderError(f"{where}: damaged ({error}); train again, or get it again") from None


def card_text(config: TrainedConfig, facts: Mapping[str, str]) -> str:
    """`README.md` of the folder: a model card with a table of facts."""
    rows = {
        "method": config.title,
        "paper": config.paper,
        "training data": config.training_data,
        "licence of the weights": config.licence,
        "network": f"{config.network} {config.network_options or ''}".strip(),
        "sample rate": f"{config.front_end.sample_rate_hz} Hz",
        "embedding size": str(config.embedding_size),
        "window": f"{config.window_s:g} s",
        "frame hop": f"{config.frame_hop_s:g} s",
        "normalisation": f"(x - {config.mean:.6g}) / {config.scale:.6g}",
        **facts,
    }
    about = (
        "An encoder of sounds, trained with Kikimimi. "
        "Use it with `--encoder` and the path of this folder."
    )
    return model_card(config.name, about, rows)
