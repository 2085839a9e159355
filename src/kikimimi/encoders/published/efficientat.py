"""MobileNets of EfficientAT: 527 AudioSet tags, taught by transformers.

Schmid, Koutini and Widmer, "Efficient large-scale audio tagging via transformer-to-CNN knowledge
distillation", ICASSP 2023, MIT. The network is MobileNetV3 (large) of width 0.4, 1 or 4 with a
sigmoid in its squeeze-and-excitation; the embedding is the mean over the last map.

A clip of any length is heard as a whole, as it was in training with 10 s. As in the original the
waveform is pre-emphasised first, which costs its first sample; the mel bands end at 15 kHz.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.encoders.vocabulary import audioset_527
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import EFFICIENT_AT
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

_RELEASE = "https://github.com/fschmid56/EfficientAT/releases/download/v0.0.1"
_EVENTS = tuple(entry.tag for entry in audioset_527())
_PREEMPHASIS = np.float32(0.97)
_STRIDE = 32
"""Mel frames from one frame of the last map to the next."""
_HIDDEN = 1280
_NAMES = (
    ("features.", "network.blocks."),
    (".block.", ".branch."),
    (".conc_se_layers.0.fc1.", ".squeeze."),
    (".conc_se_layers.0.fc2.", ".excite."),
    ("classifier.2.", "hidden."),
    ("classifier.5.", "classifier."),
)
"""Parts of the published names and of ours."""


class EfficientAtEncoder(PublishedEncoder):
    """What the three have in common; each is a card and a width."""

    builds_empty = True
    width: ClassVar[float]

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._log_mel = LogMel(EFFICIENT_AT)

    def build(self) -> "nn.Module":
        """MobileNetV3 and its classifier of two layers."""
        from torch import nn

        from kikimimi.networks.layers import rounded_channels
        from kikimimi.networks.mobilenet import MobileNetConfig, MobileNetV3

        network = MobileNetV3(MobileNetConfig(self.width, gate="sigmoid", norm_epsilon=1e-3))
        hidden = rounded_channels(_HIDDEN * self.width)
        return nn.ModuleDict(
            {
                "network": network,
                "hidden": nn.Linear(network.embedding_size, hidden),
                "classifier": nn.Linear(hidden, len(_EVENTS)),
            }
        )

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The tensors under our names."""
        tensors = tensors_in(checkpoint, "model", "state_dict")
        return {_our_name(name): value for name, value in tensors.items()}

    def _encode(self, samples: FloatArray) -> Encoding:
        import torch
        from torch.nn import functional

        parts = self.network
        embeddings, scores = [], []
        with torch.inference_mode():
            for log_mel in self.log_mels(samples):
                embedding = parts["network"](log_mel)
                hidden = functional.hardswish(parts["hidden"](embedding))
                embeddings.append(embedding.numpy())
                scores.append(parts["classifier"](hidden).sigmoid().numpy())
        return Encoding(np.concatenate(embeddings), np.concatenate(scores))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        """The last map's mean over frequency; a frame is centred on its time."""
        import torch

        network = self.network["network"]
        with torch.inference_mode():
            frames = torch.cat([network.frames(log_mel) for log_mel in self.log_mels(samples)])
        times = np.arange(frames.shape[1]) * self.card.frame_hop_s
        return FrameEncoding(frames.numpy(), times.astype(np.float32))

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The convolution at the entry, the 15 blocks, the convolution at the end."""
        from kikimimi.networks.mobilenet import LAYER_NAMES

        return LAYER_NAMES

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.layer_maps import wanted_rows

        network = self.network["network"]
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for log_mel in self.log_mels(samples):
                for name, rows in wanted_rows(network.layer_maps(log_mel), names):
                    parts[name].append(rows)
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def log_mels(self, samples: FloatArray) -> "Iterator[Tensor]":
        """Spectrograms (1, 128, N) clip by clip."""
        import torch

        filled = np.pad(samples, ((0, 0), (0, max(0, 2 - samples.shape[1]))))
        for clip in filled:
            emphasised = clip[1:] - _PREEMPHASIS * clip[:-1]
            yield torch.from_numpy(self._log_mel(emphasised[None]))


def _our_name(name: str) -> str:
    for published, ours in _NAMES:
        name = name.replace(published, ours)
    return name


def _card(
    name: str, *, width: float, size: int, parameters: int, precision: float
) -> PublishedCard:
    file_name = f"{name}_mAP_{precision * 1000:.0f}.pt"
    return PublishedCard(
        name=name,
        title=f"EfficientAT MobileNetV3, width {width:g} (AudioSet, {precision} mAP)",
        paper="Schmid et al., Efficient large-scale audio tagging via transformer-to-CNN knowledge "
        "distillation, ICASSP 2023",
        licence="MIT",
        training_data="AudioSet (1.9 million clips, 527 classes); ImageNet first",
        sample_rate_hz=EFFICIENT_AT.sample_rate_hz,
        embedding_size=size,
        frame_hop_s=_STRIDE * EFFICIENT_AT.frame_hop_s,
        window_s=10.0,
        vocabulary=_EVENTS,
        parameters=parameters,
        source=WeightsSource(
            url=f"{_RELEASE}/{file_name}",
            file_name=file_name,
            layout="EfficientAT: features.N.block.M, classifier.N",
        ),
    )


@register
class Mn04Encoder(EfficientAtEncoder):
    """Width 0.4, 384-d."""

    width = 0.4
    card: ClassVar[PublishedCard] = _card(
        "mn04_as", width=0.4, size=384, parameters=983_599, precision=0.432
    )


@register
class Mn10Encoder(EfficientAtEncoder):
    """Width 1, 960-d."""

    width = 1.0
    card: ClassVar[PublishedCard] = _card(
        "mn10_as", width=1.0, size=960, parameters=4_876_831, precision=0.471
    )


@register
class Mn40Encoder(EfficientAtEncoder):
    """Width 4, 3840-d."""

    width = 4.0
    card: ClassVar[PublishedCard] = _card(
        "mn40_as", width=4.0, size=3840, parameters=68_427_303, precision=0.484
    )
