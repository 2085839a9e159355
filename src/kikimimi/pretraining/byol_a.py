"""BYOL-A: one network predicts what a slowly moving copy of it makes of another view.

Niizumi et al., "BYOL for audio: self-supervised learning for general-purpose audio representation",
IJCNN 2021 (version 1) and "BYOL for audio: exploring pre-trained general-purpose audio
representations", TASLP 2023 (version 2). Axes: B clips, F mel bands, N frames, D embedding size.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from kikimimi.networks.contract import Network
from kikimimi.pretraining.losses import normalised_mse
from kikimimi.pretraining.method import Examples, Method, Setting, register
from kikimimi.pretraining.spectrogram_views import (
    BackgroundMixup,
    RandomLinearFader,
    RandomResizeCrop,
    post_normalised,
)
from kikimimi.pretraining.target_network import move_target, target_of


@dataclass(frozen=True, slots=True)
class ByolAConfig:
    """Settings of version 1; version 2 has `mixup` 0.2 and `fader_gain` 1."""

    mixup: float = 0.4
    mixup_memory: int = 2048
    mixup_of: Literal["normalised", "power"] = "normalised"
    """Whether spectrograms are mixed as the paper has it, normalised values taken for logarithms,
    or as their powers would mix in the air, which lets the background be heard less."""
    crop_plane: tuple[float, float] = (1.0, 1.5)
    """Size of the plane of the random resize crop, frequency and time."""
    crop_scale: tuple[float, float] = (0.6, 1.5)
    fader_gain: float = 0.0
    hidden_size: int = 4096
    projection_size: int = 256
    target_decay: float = 0.99


@register("byol_a")
class ByolA(Method):
    """Online network, projector and predictor; target network and projector; views."""

    Config = ByolAConfig
    title = "BYOL-A"
    paper = "Niizumi et al., BYOL for audio, IJCNN 2021 and TASLP 2023"

    def __init__(self, config: ByolAConfig, network: Network, setting: Setting) -> None:
        super().__init__(network)
        self.config = config
        self.mixup = BackgroundMixup(
            config.mixup,
            memory=config.mixup_memory,
            shape=(setting.bands, setting.frames),
            scale=setting.log_scale if config.mixup_of == "power" else 1.0,
        )
        self._change = nn.Sequential(
            RandomResizeCrop(plane=config.crop_plane, scale=config.crop_scale),
            RandomLinearFader(config.fader_gain),
        )
        hidden, size = config.hidden_size, config.projection_size
        self.projector = perceptron(network.embedding_size, hidden, size)
        self.predictor = perceptron(size, hidden, size)
        self.target_network = target_of(network)
        self.target_projector = target_of(self.projector)

    def losses(self, examples: Examples) -> dict[str, Tensor]:
        """Normalised squared error of predicting either view's projection from the other."""
        self._move_target()
        first, second = self._views(examples.log_mel[:, 0])
        with torch.no_grad():
            targets = [self.target_projector(self.target_network(v)) for v in (first, second)]
        predictions = [self.predictor(self.projector(self.network(v))) for v in (first, second)]
        loss = normalised_mse(predictions[0], targets[1])
        return {"loss": loss + normalised_mse(predictions[1], targets[0])}

    def _views(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        """(B, F, N) -> two views of that shape."""
        with torch.no_grad():
            views = torch.stack([self._change(self.mixup(log_mel)) for _ in range(2)])
            self.mixup.remember(log_mel)
            first, second = post_normalised(views)
        return first, second

    def _move_target(self) -> None:
        decay = self.config.target_decay
        move_target(self.target_network, self.network, decay)
        move_target(self.target_projector, self.projector, decay)


def perceptron(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Linear, batch normalisation, ReLU, linear (Grill et al., 2020, section 3.3)."""
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(inplace=True),
        nn.Linear(hidden, outputs),
    )
