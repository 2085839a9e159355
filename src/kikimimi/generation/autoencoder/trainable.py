"""Training the auto-encoder with perceptual and adversarial losses.

Auto-encoder and discriminators take one step at the same time from the gradient of one sum, as the
vocoder and its discriminators do (`kikimimi.generation.vocoder.trainable`).

Axes: B crops, F mel bands, M mel frames.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.generation.autoencoder.discriminators import (
    PatchDiscriminatorConfig,
    PatchDiscriminators,
)
from kikimimi.generation.autoencoder.network import Autoencoder, AutoencoderConfig
from kikimimi.generation.autoencoder.perception import PerceptualLoss
from kikimimi.generation.contract import GeneratorCard
from kikimimi.generation.folder import save_generator
from kikimimi.generation.held_out import reconstruction_figures
from kikimimi.generation.mel import GENERATION_MEL, HIGHEST, LOWEST
from kikimimi.generation.mel_bank import CropBatch, CropBatches
from kikimimi.generation.run import TrainingSettings, train_generator, training_facts
from kikimimi.generation.sounds import Sounds
from kikimimi.generation.vocoder.adversarial import (
    discriminator_loss,
    feature_matching,
    generator_loss,
)
from kikimimi.generation.vocoder.discriminators import frozen
from kikimimi.training.config import resolved
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.trainable import Shard

KIND = "autoencoder"
_WATCHED_FRAMES = 320
_UNITS_PER_DB = log(10) / 20 / (HIGHEST - LOWEST)


@dataclass(frozen=True, slots=True)
class LossSettings:
    """Weights of the losses of the auto-encoder, and when the game begins."""

    reconstruction: float = 10.0
    """Of the mean absolute error on the unit scale."""
    divergence: float = 0.01
    """Of the divergence in nats for a value of the latent."""
    perceptual: float = 0.5
    perceptual_encoder: str = "kikimimi-permissive"
    """The embedded encoder whose layers are compared."""
    adversarial: float = 0.1
    feature_matching: float = 1.0
    reconstruction_epochs: int = 15
    """Epochs at the start without discriminators."""

    def __post_init__(self) -> None:
        weights = (self.reconstruction, self.divergence, self.perceptual, self.adversarial)
        if min(*weights, self.feature_matching, self.reconstruction_epochs) < 0:
            raise ConfigError("loss: weights and reconstruction_epochs must be 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoencoderRecipe(TrainingSettings):
    """Everything that decides an auto-encoder, but the place of the audio."""

    task: Literal["autoencoder"] = "autoencoder"
    network: AutoencoderConfig = field(default_factory=AutoencoderConfig)
    discriminators: PatchDiscriminatorConfig = field(default_factory=PatchDiscriminatorConfig)
    loss: LossSettings = field(default_factory=LossSettings)
    crop_frames: int = 128
    """Mel frames of an example, a multiple of the network's stride."""
    gain_db: float = 6.0
    """The most that an example is made louder or softer."""

    def __post_init__(self) -> None:
        if self.crop_frames < 32 or self.crop_frames % self.network.stride:
            raise ConfigError(
                f"crop_frames must be a multiple of {self.network.stride}, 32 or more, but is "
                f"{self.crop_frames}"
            )
        if not 0 <= self.gain_db <= 40:
            raise ConfigError("gain_db must lie between 0 and 40")


class AutoencoderGame(nn.Module):
    """Auto-encoder and discriminators, as they are kept in checkpoints."""

    def __init__(self, recipe: AutoencoderRecipe) -> None:
        super().__init__()
        self.autoencoder = Autoencoder(recipe.network)
        self.discriminators = PatchDiscriminators(recipe.discriminators)


class AutoencoderTrainable:
    """An auto-encoder with its discriminators and sounds.

    Args:
        recipe: the settings.
        sounds: what is heard.

    Raises:
        ConfigError: there is no such encoder for the perceptual loss.
    """

    def __init__(self, recipe: AutoencoderRecipe, sounds: Sounds) -> None:
        self._game = AutoencoderGame(recipe)
        self.network: nn.Module = self._game
        self._recipe, self._sounds = recipe, sounds
        wanted = recipe.loss.perceptual > 0
        self._perception = PerceptualLoss(recipe.loss.perceptual_encoder) if wanted else None
        self._batches = CropBatches(
            sounds.bank,
            sounds.training,
            frames=recipe.crop_frames,
            batch_size=recipe.batch.size,
            steps=recipe.batch.steps_per_epoch,
            seed=recipe.loop.seed,
            gain=recipe.gain_db * _UNITS_PER_DB,
        )

    def steps_per_epoch(self, world_size: int) -> int:
        """As the recipe says."""
        return self._recipe.batch.steps_per_epoch

    def batches(self, epoch: int, shard: Shard) -> Iterable[CropBatch]:
        """Crops from anywhere."""
        return self._batches.epoch(epoch, shard)

    def losses(self, batch: CropBatch) -> dict[str, Tensor]:
        """The weighted sum, and what it is made of."""
        real, weights = batch.mel, self._recipe.loss
        posterior = self._game.autoencoder.encode(real)
        made = self._game.autoencoder.decode(posterior.draw())
        parts = {
            "reconstruction": (made - real).abs().mean(),
            "divergence": posterior.divergence().mean() / posterior.mean[0].numel(),
        }
        if self._perception is not None:
            self._perception.to(real.device)
            parts["perceptual"] = self._perception(real, made)
        if batch.epoch >= weights.reconstruction_epochs:
            parts |= self._play(real, made)
        factors = {**resolved(weights), "discriminators": 1.0}
        total = torch.stack([factors[name] * value for name, value in parts.items()]).sum()
        return {"loss": total, **parts}

    def figures(self, network: nn.Module) -> dict[str, float]:
        """Errors of sounds that are held out."""
        autoencoder = _as_game(network).autoencoder
        device = next(autoencoder.parameters()).device
        return reconstruction_figures(
            self._sounds.beginnings(self._sounds.watched(), _WATCHED_FRAMES),
            lambda mel: autoencoder.decode(autoencoder.encode(mel).mean),
            device,
        )

    def export(self, folder: Path, network: nn.Module) -> None:
        """Write the auto-encoder as a generator that reconstructs and blends."""
        recipe = self._recipe
        parts = nn.ModuleDict({"autoencoder": _as_game(network).autoencoder})
        card = GeneratorCard(
            name=recipe.generator.name,
            title="Auto-encoder of spectrograms, with perceptual and adversarial losses",
            paper='Rombach et al., "Latent diffusion models", CVPR 2022, section 3.1',
            licence=recipe.generator.licence,
            training_data=self._sounds.data.name,
            latent_channels=recipe.network.latent_channels,
            latent_hop_s=recipe.network.stride * GENERATION_MEL.frame_hop_s,
            samples=False,
            parameters=sum(each.numel() for each in parts.parameters()),
        )
        options = {"autoencoder": resolved(recipe.network)}
        facts = training_facts(recipe, self._sounds)
        save_generator(folder, KIND, card, options, parts, facts=facts)

    def _play(self, real: Tensor, made: Tensor) -> dict[str, Tensor]:
        judges = self._game.discriminators
        truths = judges(real)
        with frozen(judges):
            judged = judges(made)
        return {
            "discriminators": discriminator_loss(truths, judges(made.detach())),
            "adversarial": generator_loss(judged),
            "feature_matching": feature_matching(truths, judged),
        }


def train_autoencoder(
    recipe: AutoencoderRecipe,
    sounds: Sounds,
    folder: Path,
    *,
    devices: DeviceSettings | None = None,
    progress: bool = True,
) -> Path:
    """Train an auto-encoder; arguments and errors as `train_generator`."""
    return train_generator(
        recipe,
        sounds,
        folder,
        lambda: AutoencoderTrainable(recipe, sounds),
        devices=devices,
        progress=progress,
    )


def _as_game(network: nn.Module) -> AutoencoderGame:
    if not isinstance(network, AutoencoderGame):
        raise TypeError(f"expected an AutoencoderGame, got {type(network).__name__}")
    return network
