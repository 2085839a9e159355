"""Training the flow over the latents of a trained auto-encoder.

Axes: B examples, F mel bands, M mel frames, C latent channels, N latent frames.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import ConfigError
from kikimimi.generation.autoencoder.generator import AutoencoderGenerator
from kikimimi.generation.flow.conditions import Told, embed_sounds, words_of_classes
from kikimimi.generation.flow.matching import logit_normal_times, matching_loss
from kikimimi.generation.flow.network import FlowNetwork
from kikimimi.generation.flow.sampling import SamplingSettings
from kikimimi.generation.flow.transformer import FlowCondition, FlowConfig
from kikimimi.generation.folder import open_generator, save_generator
from kikimimi.generation.mel_bank import CropBatch, CropBatches
from kikimimi.generation.run import TrainingSettings, train_generator, training_facts
from kikimimi.generation.sounds import Sounds, evenly_chosen
from kikimimi.training.config import resolved
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.trainable import Shard

KIND = "flow"

_SHORTEST = 8
"""Latent frames of the shortest example."""
_SHORTENED_SHARE = 0.25
"""Of the batches that are cut to a length drawn at random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRecipe(TrainingSettings):
    """Everything that decides a flow, but the place of the audio."""

    task: Literal["flow"] = "flow"
    autoencoder: Path | None = None
    """Folder `generator` of a trained auto-encoder."""
    network: FlowConfig = field(default_factory=FlowConfig)
    encoder: str = "kikimimi"
    """Whose embeddings of sounds and words are the conditions."""
    shift_frames: int = 40
    """The most that a sound is moved in time for an example, in mel frames."""
    sampling: SamplingSettings = field(default_factory=SamplingSettings)

    def __post_init__(self) -> None:
        if self.shift_frames < 0:
            raise ConfigError("shift_frames must be 0 or more")


class FlowTrainable:
    """A flow with the auto-encoder that it builds on, and its sounds.

    Args:
        recipe: the settings.
        sounds: what is heard.
        base: the auto-encoder, loaded.
        encoder: the encoder, loaded.
        told: what can be told of the sounds.
    """

    def __init__(
        self,
        recipe: FlowRecipe,
        sounds: Sounds,
        base: AutoencoderGenerator,
        encoder: Encoder,
        told: Told,
    ) -> None:
        self._recipe, self._sounds, self._told = recipe, sounds, told
        self._base, self._encoder = base, encoder
        self._autoencoder = base.autoencoder
        self._flow = FlowNetwork(
            recipe.network,
            channels=base.card.latent_channels,
            classes=len(sounds.data.classes),
            embedding_size=encoder.card.embedding_size,
        )
        self.network: nn.Module = self._flow
        self._mel_frames = recipe.network.context * base.config.stride
        self._batches = CropBatches(
            sounds.bank,
            sounds.training,
            frames=self._mel_frames,
            batch_size=recipe.batch.size,
            steps=recipe.batch.steps_per_epoch,
            seed=recipe.loop.seed,
            whole=True,
            shift=recipe.shift_frames,
        )
        with torch.no_grad():
            heard = sounds.beginnings(evenly_chosen(sounds.training), self._mel_frames)
            self._flow.set_normalisation(self._autoencoder.encode(heard).mean)

    def steps_per_epoch(self, world_size: int) -> int:
        """As the recipe says."""
        return self._recipe.batch.steps_per_epoch

    def batches(self, epoch: int, shard: Shard) -> Iterable[CropBatch]:
        """Sounds, moved in time."""
        return self._batches.epoch(epoch, shard)

    def losses(self, batch: CropBatch) -> dict[str, Tensor]:
        """Error of the velocities, at times and with conditions drawn from the batch's seed."""
        chance = np.random.default_rng(batch.seed)
        condition = self._told.drawn(batch.numbers.cpu(), chance)
        latents = self._latents(batch.mel)
        if chance.random() < _SHORTENED_SHARE:
            length = int(chance.integers(_SHORTEST, latents.shape[2] + 1))
            start = int(chance.integers(0, latents.shape[2] - length + 1))
            latents = latents[:, :, start : start + length]
        generator = torch.Generator().manual_seed(batch.seed)
        losses = self._matching(self._flow, latents, condition, generator)
        return {"loss": losses.mean()}

    def figures(self, network: nn.Module) -> dict[str, float]:
        """Error of the velocities of held-out sounds, always at the same times and noise."""
        flow = _as_flow(network)
        watched = self._sounds.watched()
        numbers = torch.from_numpy(watched)
        condition = self._told.condition(numbers, self._told.best_given(numbers))
        device = flow.mean.device
        mel = self._sounds.beginnings(watched, self._mel_frames).to(device)
        generator = torch.Generator().manual_seed(0)
        losses = self._matching(flow, self._latents(mel), condition, generator)
        return {"inner_loss": float(losses.mean())}

    def export(self, folder: Path, network: nn.Module) -> None:
        """Write the generator: the auto-encoder and the flow in one folder."""
        recipe, flow = self._recipe, _as_flow(network)
        parts = nn.ModuleDict({"autoencoder": self._autoencoder.cpu(), "flow": flow})
        card = replace(
            self._base.card,
            name=recipe.generator.name,
            title="Flow matching over the latents of an auto-encoder",
            paper='Lipman et al., "Flow matching for generative modeling", ICLR 2023',
            licence=recipe.generator.licence,
            training_data=self._sounds.data.name,
            classes=self._sounds.data.classes,
            samples=True,
            knows_text=self._told.words is not None,
            knows_sounds=True,
            parameters=sum(each.numel() for each in parts.parameters()),
        )
        options = {
            "autoencoder": resolved(self._base.config),
            "flow": resolved(recipe.network),
            "encoder": self._encoder.reference,
            "encoder_identity": self._encoder.identity,
            "embedding_size": self._encoder.card.embedding_size,
            "sampling": resolved(recipe.sampling),
        }
        facts = {
            **training_facts(recipe, self._sounds),
            "auto-encoder": self._base.identity,
            "encoder of conditions": self._encoder.identity,
        }
        save_generator(folder, KIND, card, options, parts, facts=facts)

    def _latents(self, mel: Tensor) -> Tensor:
        with torch.no_grad():
            autoencoder = self._autoencoder.to(mel.device)
            return self._flow.normalise(autoencoder.encode(mel).mean)

    def _matching(
        self,
        flow: FlowNetwork,
        latents: Tensor,
        condition: FlowCondition,
        generator: torch.Generator,
    ) -> Tensor:
        device = latents.device
        noise = torch.randn(latents.shape, generator=generator).to(device)
        times = logit_normal_times(len(latents), generator).to(device)
        placed = condition.to(device)

        def velocity(point: Tensor, at: Tensor) -> Tensor:
            return flow.transformer(point, at, placed)

        return matching_loss(velocity, latents, noise, times)


def train_flow(
    recipe: FlowRecipe,
    sounds: Sounds,
    folder: Path,
    *,
    cache: Path,
    devices: DeviceSettings | None = None,
    progress: bool = True,
) -> Path:
    """Train a flow; `cache` keeps embeddings, else arguments and errors as `train_generator`.

    Raises:
        ConfigError: the recipe names no auto-encoder.
        EncoderError: the encoder cannot be loaded.
        GenerationError: the auto-encoder cannot be loaded.
    """
    base = _open_base(recipe)
    encoder = load_encoder(recipe.encoder)

    def make() -> FlowTrainable:
        longest_s = recipe.data.longest_s
        heard = embed_sounds(sounds.paths, encoder, longest_s=longest_s, cache=cache)
        words = words_of_classes(encoder, sounds.data.classes)
        told = Told(
            labels=torch.tensor(sounds.labels),
            sounds=torch.from_numpy(heard),
            words=None if words is None else torch.from_numpy(words),
        )
        return FlowTrainable(recipe, sounds, base, encoder, told)

    return train_generator(
        recipe,
        sounds,
        folder,
        make,
        parts=f"{base.weights_digest[:16]} {encoder.identity}",
        devices=devices,
        progress=progress,
    )


def _open_base(recipe: FlowRecipe) -> AutoencoderGenerator:
    if recipe.autoencoder is None:
        raise ConfigError(
            "a flow builds on an auto-encoder; train generate_autoencoder first, then give "
            "--set autoencoder=RUN/generator"
        )
    base = open_generator(recipe.autoencoder)
    if not isinstance(base, AutoencoderGenerator):
        raise ConfigError(
            f"{recipe.autoencoder}: not an auto-encoder; give the folder 'generator' of a training "
            "of generate_autoencoder"
        )
    return base.load()


def _as_flow(network: nn.Module) -> FlowNetwork:
    if not isinstance(network, FlowNetwork):
        raise TypeError(f"expected a FlowNetwork, got {type(network).__name__}")
    return network
