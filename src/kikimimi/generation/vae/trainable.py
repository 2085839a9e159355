"""Training the variational auto-encoder.

Axes: B clips, F mel bands, M mel frames of a window, S windows of all sounds, D latent size.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.generation.contract import GeneratorCard
from kikimimi.generation.folder import save_generator
from kikimimi.generation.held_out import reconstruction_figures
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.mel_bank import CropBatch, CropBatches
from kikimimi.generation.run import TrainingSettings, train_generator, training_facts
from kikimimi.generation.sounds import Sounds
from kikimimi.generation.vae.class_gaussians import ClassGaussians
from kikimimi.generation.vae.network import (
    LEVELS,
    SpectrogramVae,
    VaeConfig,
    from_min_max_scale,
    min_max_scaled,
)
from kikimimi.generation.vae.windows import OVERLAP, cut_windows
from kikimimi.training.config import resolved
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.trainable import Shard

KIND = "vae"

_AT_ONCE = 64
_LEVEL_VARIANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeRecipe(TrainingSettings):
    """Everything that decides a variational auto-encoder, but the place of the audio."""

    task: Literal["vae"] = "vae"
    network: VaeConfig = field(default_factory=VaeConfig)
    kl_weight: float = 1e-6
    """Of the divergence in nats beside the mean squared error, as 1 to a million in the source."""
    shift_frames: int = 40
    """The most that a sound is moved in time for an example."""

    def __post_init__(self) -> None:
        if not self.kl_weight >= 0 or self.shift_frames < 0:
            raise ConfigError("kl_weight and shift_frames must be 0 or more")
        if self.network.frames <= 2 * OVERLAP:
            raise ConfigError(f"network: frames must be more than {2 * OVERLAP}")


class VaeTrainable:
    """A variational auto-encoder with its sounds.

    Args:
        recipe: the settings.
        sounds: what is heard.
    """

    def __init__(self, recipe: VaeRecipe, sounds: Sounds) -> None:
        self._vae = SpectrogramVae(recipe.network)
        self.network: nn.Module = self._vae
        self._recipe, self._sounds = recipe, sounds
        self._batches = CropBatches(
            sounds.bank,
            sounds.training,
            frames=recipe.network.frames,
            batch_size=recipe.batch.size,
            steps=recipe.batch.steps_per_epoch,
            seed=recipe.loop.seed,
            whole=True,
            shift=recipe.shift_frames,
        )

    def steps_per_epoch(self, world_size: int) -> int:
        """As the recipe says."""
        return self._recipe.batch.steps_per_epoch

    def batches(self, epoch: int, shard: Shard) -> Iterable[CropBatch]:
        """Windows of sounds, moved in time."""
        return self._batches.epoch(epoch, shard)

    def losses(self, batch: CropBatch) -> dict[str, Tensor]:
        """Mean squared error of the scaled window, and the divergence of its latent."""
        scaled, _ = min_max_scaled(batch.mel)
        posterior = self._vae.encode(scaled)
        error = (self._vae.decode(posterior.draw()) - scaled).square().mean()
        divergence = posterior.divergence().mean()
        loss = error + self._recipe.kl_weight * divergence
        return {"loss": loss, "mse": error, "kl_nats": divergence}

    def figures(self, network: nn.Module) -> dict[str, float]:
        """Errors of sounds that are held out."""
        vae = _as_vae(network)

        def reconstruct(windows: Tensor) -> Tensor:
            scaled, levels = min_max_scaled(windows)
            return from_min_max_scale(vae.decode(vae.encode(scaled).mean), levels)

        sounds = self._sounds
        watched = sounds.beginnings(sounds.watched(), self._recipe.network.frames)
        return reconstruction_figures(watched, reconstruct, vae.mean.weight.device)

    def export(self, folder: Path, network: nn.Module) -> None:
        """Write the generator, with Gaussians of the classes fitted to the training sounds."""
        recipe, data = self._recipe, self._sounds.data
        parts = nn.ModuleDict({"vae": network})
        parts["gaussians"] = self._fitted(_as_vae(network))
        size, length = recipe.network.latent_size, recipe.network.frames
        card = GeneratorCard(
            name=recipe.generator.name,
            title="Variational auto-encoder of whole spectrograms",
            paper='Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014',
            licence=recipe.generator.licence,
            training_data=data.name,
            latent_channels=size + LEVELS,
            latent_hop_s=(length - OVERLAP) * GENERATION_MEL.frame_hop_s,
            classes=data.classes,
            parameters=sum(each.numel() for each in network.parameters()),
        )
        facts = {**training_facts(recipe, self._sounds), "KL weight": f"{recipe.kl_weight:g}"}
        save_generator(folder, KIND, card, {"vae": resolved(recipe.network)}, parts, facts=facts)

    def _fitted(self, vae: SpectrogramVae) -> ClassGaussians:
        length = self._recipe.network.frames
        latents, variances, labels = [], [], []
        for number in self._sounds.training:
            windows = cut_windows(torch.from_numpy(self._sounds.bank.whole(int(number))), length)
            for part in windows.split(_AT_ONCE):
                scaled, levels = min_max_scaled(part)
                posterior = vae.encode(scaled)
                latents.append(torch.cat([posterior.mean, levels], dim=1))
                fixed = torch.full_like(levels, _LEVEL_VARIANCE)
                variances.append(torch.cat([posterior.log_variance.exp(), fixed], dim=1))
            labels += [self._sounds.labels[int(number)]] * len(windows)
        size = self._recipe.network.latent_size + LEVELS
        gaussians = ClassGaussians(len(self._sounds.data.classes), size)
        gaussians.fit(torch.cat(latents), torch.cat(variances), labels)
        return gaussians


def train_vae(
    recipe: VaeRecipe,
    sounds: Sounds,
    folder: Path,
    *,
    devices: DeviceSettings | None = None,
    progress: bool = True,
) -> Path:
    """Train a variational auto-encoder; arguments and errors as `train_generator`."""
    return train_generator(
        recipe,
        sounds,
        folder,
        lambda: VaeTrainable(recipe, sounds),
        devices=devices,
        progress=progress,
    )


def _as_vae(network: nn.Module) -> SpectrogramVae:
    if not isinstance(network, SpectrogramVae):
        raise TypeError(f"expected a SpectrogramVae, got {type(network).__name__}")
    return network
