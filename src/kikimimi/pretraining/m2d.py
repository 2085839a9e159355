"""M2D: what is visible predicts how a moving copy represents what is masked, and only that.

Niizumi et al., "Masked modeling duo: learning representations by encouraging both networks to model
the input", ICASSP 2023. Axes: B clips, F mel bands, N frames, V visible patches, M masked ones,
D features of a patch.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network
from kikimimi.networks.spectrogram_vit import SpectrogramVit
from kikimimi.pretraining.losses import normalised_mse, standardised
from kikimimi.pretraining.masking import Division, chosen, divide_patches
from kikimimi.pretraining.method import Examples, Method, Setting, register
from kikimimi.pretraining.msm_mae import check_mask_ratio, patch_network
from kikimimi.pretraining.patch_decoder import PatchDecoder, PatchDecoderConfig
from kikimimi.pretraining.target_network import move_target, target_of


@dataclass(frozen=True, slots=True)
class M2dConfig:
    """Settings of the paper."""

    mask_ratio: float = 0.7
    predictor: PatchDecoderConfig = field(
        default_factory=lambda: PatchDecoderConfig(width=512, depth=8, heads=16)
    )
    target_decay: tuple[float, float] = (0.99995, 0.99999)
    """Of the target, at the first step and at the last; linear between them."""

    def __post_init__(self) -> None:
        check_mask_ratio(self.mask_ratio)
        if not all(0 <= decay <= 1 for decay in self.target_decay):
            raise ConfigError(f"target_decay must lie between 0 and 1, but is {self.target_decay}")


@register("m2d")
class M2d(Method):
    """Online network and predictor, and a target network that sees masked patches only."""

    Config = M2dConfig
    title = "M2D"
    paper = "Niizumi et al., Masked modeling duo, ICASSP 2023"

    network: SpectrogramVit
    step: Tensor

    def __init__(self, config: M2dConfig, network: Network, setting: Setting) -> None:
        super().__init__(patch_network(network))
        self.masked_config = config
        width = self.network.config.width
        self.predictor = PatchDecoder(config.predictor, inputs=width, outputs=width)
        self.target_network = target_of(self.network)
        self.register_buffer("step", torch.zeros((), dtype=torch.int64))

    def losses(self, examples: Examples) -> dict[str, Tensor]:
        """Normalised squared error between predicted and standardised target features."""
        return {"loss": self.masked_prediction(examples.log_mel[:, 0])[0]}

    def masked_prediction(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of M2D for (B, F, N), and the features (B, V, D) of the visible patches."""
        self._move_target()
        bands, times = self.network.grid(log_mel)
        division = divide_patches(
            len(log_mel), bands * times, self.masked_config.mask_ratio, device=log_mel.device
        )
        tokens = self.network.encode(log_mel, division.visible)
        predicted = self.predictor(tokens, division.visible, (bands, times))
        targets = self._targets(log_mel, division)
        return normalised_mse(chosen(predicted, division.masked), targets), tokens

    @torch.no_grad()
    def _targets(self, log_mel: Tensor, division: Division) -> Tensor:
        """Features (B, M, D) of the masked patches, each of mean 0 and variance 1."""
        return standardised(self.target_network.encode(log_mel, division.masked))

    def _move_target(self) -> None:
        first, last = self.masked_config.target_decay
        done = min(1.0, int(self.step) / max(1, self.total_steps - 1))
        move_target(self.target_network, self.network, first + (last - first) * done)
        self.step += 1
