"""Detectors that `kikimimi train` has made, each a folder of its own.

Axes: B clips, T samples, F mel bands, N frames, K classes, E size of an encoder's frames.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kikimimi.encoders.detection.contract import Detector, DetectorCard, IntArray
from kikimimi.encoders.detection.front_end import framed_log_mel
from kikimimi.encoders.detection.registry import register_folders
from kikimimi.encoders.detection.trained_config import (
    ARCHITECTURE,
    TrainedDetectorConfig,
    detector_card_text,
    read_detector_config,
)
from kikimimi.encoders.encoder_frames import EncoderFrames
from kikimimi.encoders.registry import create_encoder
from kikimimi.encoders.weights import embedded_folder, load_weights, save_weights
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

    from kikimimi.networks.frame_tagger import FrameTagger


@register_folders(ARCHITECTURE)
class TrainedDetector(Detector):
    """A frame tagger with its front end, thresholds and filters.

    Args:
        folder: where `config.json` and `model.safetensors` are.

    Raises:
        EncoderError: there is no detector, or its configuration is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self.config, self._weights_sha256 = read_detector_config(self.folder)
        self.card = _card(self.config, embedded=self.folder.parent == _EMBEDDED)
        self._log_mel = LogMel(self.config.front_end)
        self._tagger: FrameTagger | None = None
        self._encoder: EncoderFrames | None = None

    @property
    def reference(self) -> str:
        """The name of a detector that the package brings, else the folder."""
        return self.folder.name if self.card.embedded else str(self.folder)

    def load(self) -> Self:
        """Read the weights, and those of the encoder if there is one, once."""
        if self._tagger is None:
            encoder = _load_encoder(self.config)
            tagger = build_tagger(self.config, encoder)
            load_weights(self.folder, tagger, sha256=self._weights_sha256)
            self._encoder, self._tagger = encoder, tagger.eval().requires_grad_(requires_grad=False)
        return self

    @property
    def weights_digest(self) -> str:
        """SHA-256 that `config.json` gives; `load` checks that the weights are those."""
        return self._weights_sha256

    @cached_property
    def thresholds(self) -> FloatArray:
        """Those that were tuned on validation data."""
        return np.array(self.config.thresholds, np.float32)

    @cached_property
    def median_frames(self) -> IntArray:
        """Those that were tuned on validation data."""
        return np.array(self.config.median_frames, np.int64)

    def _score_frames(self, samples: FloatArray) -> FloatArray:
        import torch

        tagger = self._loaded()
        count = -(-samples.shape[1] // self.card.frame_samples)
        with torch.inference_mode():
            normalised = self._normalised(tagger, samples)
            strong = tagger(normalised, self._encoded(samples)).strong
        return torch.sigmoid(strong[:, :count]).numpy()

    def _normalised(self, tagger: "FrameTagger", samples: FloatArray) -> "Tensor | None":
        import torch

        if self.config.network is None:
            return None
        mels = framed_log_mel(self._log_mel, samples, mel_frames=self.config.mel_frames)
        return tagger.normalise(torch.from_numpy(mels))

    def _encoded(self, samples: FloatArray) -> "Tensor | None":
        import torch

        if self._encoder is None:
            return None
        return torch.from_numpy(self._encoder.hear(samples))

    def _loaded(self) -> "FrameTagger":
        if self._tagger is None:
            raise EncoderError(f"detector '{self.card.name}' is not loaded; call load() first")
        return self._tagger


def save_trained_detector(
    folder: Path,
    config: TrainedDetectorConfig,
    tagger: "FrameTagger",
    *,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Write the folder of a detector.

    Args:
        folder: it need not exist.
        config: the configuration.
        tagger: with its weights.
        facts: further rows of the card.
    """
    tensors = {key: value.detach().cpu().clone() for key, value in tagger.state_dict().items()}
    save_weights(folder, tensors, config.to_dict(), card=detector_card_text(config, facts or {}))


def build_tagger(config: TrainedDetectorConfig, encoder: EncoderFrames | None) -> "FrameTagger":
    """The tagger with random weights.

    Args:
        config: the configuration.
        encoder: loaded; None if the detector hears none.

    Raises:
        EncoderError: the network, the head or one of their options is unknown.
    """
    from kikimimi.networks.frame_tagger import FrameHeadConfig, FrameTagger
    from kikimimi.networks.registry import config_type, create_network

    try:
        backbone = None
        if config.network is not None:
            options = {key: _frozen(value) for key, value in config.network_options.items()}
            backbone = create_network(config.network, config_type(config.network)(**options))
        return FrameTagger(
            backbone,
            len(config.classes),
            bands=config.front_end.n_mels,
            encoder_size=0 if encoder is None else encoder.size,
            encoder_step=1.0 if encoder is None else encoder.hop_s / config.frame_hop_s,
            head=FrameHeadConfig(**config.head),
        )
    except (ConfigError, TypeError) as error:
        raise EncoderError(
            f"detector '{config.name}': its network cannot be made ({error}); install the Kikimimi "
            "that it was trained with"
        ) from None


_EMBEDDED = embedded_folder("any").parent


def _load_encoder(config: TrainedDetectorConfig) -> EncoderFrames | None:
    if config.encoder is None:
        return None
    encoder = create_encoder(config.encoder)
    if encoder.identity != config.encoder_identity:
        raise EncoderError(
            f"detector '{config.name}' was trained on the encoder {config.encoder_identity}, but "
            f"this Kikimimi has {encoder.identity}; train it again"
        )
    frames = EncoderFrames(encoder, config.encoder_layers)
    frames.load()
    return frames


def _card(config: TrainedDetectorConfig, *, embedded: bool) -> DetectorCard:
    return DetectorCard(
        name=config.name,
        title=config.title,
        paper=config.paper,
        licence=config.licence,
        training_data=config.training_data,
        classes=config.classes,
        sample_rate_hz=config.front_end.sample_rate_hz,
        frame_hop_s=config.frame_hop_s,
        window_s=config.window_s,
        embedded=embedded,
        parameters=config.parameters,
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
