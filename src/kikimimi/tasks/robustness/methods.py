"""The compared methods by name: each learns from clean clips and then hears any copies of others.

Axes: V clips, T samples, F mel bands, N frames, D embedding size.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from kikimimi.datasets.esc50 import CATEGORIES
from kikimimi.encoders.contract import Encoder
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.networks.conv_autoencoder import ConvAutoencoder, ConvAutoencoderConfig
from kikimimi.networks.plain_cnn import PlainCnn, PlainCnnConfig
from kikimimi.tasks.robustness.clips import ClipSet
from kikimimi.tasks.robustness.encoder_weights import embedder
from kikimimi.tasks.robustness.probes import Probes
from kikimimi.tasks.robustness.recipe import NetworkTraining, ProbeSettings, RobustnessRecipe
from kikimimi.tasks.robustness.trainables import (
    ClassificationTraining,
    EndToEnd,
    ReconstructionTraining,
)
from kikimimi.training.config import build
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import fit
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.seeds import seed_libraries
from kikimimi.training.trainable import Trainable
from kikimimi.types import FloatArray

AUTOENCODER = "autoencoder"
PLAIN_CNN = "plain_cnn"

_BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What a method makes of V clips: `embeddings` (V, D), and targets (V,) by classifier."""

    embeddings: FloatArray
    predictions: dict[str, np.ndarray]


class Listener(Protocol):
    """A method that has learned."""

    def hear(self, waveforms: FloatArray) -> Heard:
        """Embed and classify clips (V, T)."""


class ProbedListener:
    """Embeddings that stay as they are, with probes learned on clean ones."""

    def __init__(
        self, embed: Callable[[FloatArray], FloatArray], clean: ClipSet, settings: ProbeSettings
    ) -> None:
        self._embed = embed
        self._probes = Probes(embed(clean.waveforms), clean.targets, settings)

    def hear(self, waveforms: FloatArray) -> Heard:
        """See `Listener`."""
        embeddings = self._embed(waveforms)
        return Heard(embeddings, self._probes.predict(embeddings))


class EndToEndListener:
    """A network that was trained with its own head."""

    def __init__(self, network: EndToEnd, front_end: LogMel) -> None:
        self._network, self._front_end = network, front_end

    def hear(self, waveforms: FloatArray) -> Heard:
        """See `Listener`."""
        network = self._network
        embeddings = torch.from_numpy(_in_batches(network.backbone, self._front_end, waveforms))
        with torch.inference_mode():
            predicted = network.head(embeddings).argmax(dim=1).numpy()
        return Heard(embeddings.numpy(), {"own head": predicted})


def autoencoder(clean: ClipSet, *, recipe: RobustnessRecipe, folder: Path) -> Listener:
    """Train the auto-encoder on clean clips in `folder`, then probes on its bottleneck."""
    settings = recipe.autoencoder
    seed_libraries(settings.loop.seed)
    network = ConvAutoencoder(_autoencoder_config(recipe))
    front_end, log_mel = _normalised(clean, recipe.front_end)
    trainable = ReconstructionTraining(network, log_mel, clean.targets, settings)
    _train(trainable, settings, recipe, folder)
    return ProbedListener(
        lambda waveforms: _in_batches(network, front_end, waveforms), clean, recipe.probes
    )


def plain_cnn(clean: ClipSet, *, recipe: RobustnessRecipe, folder: Path) -> Listener:
    """Train the plain CNN with its head on clean clips in `folder`."""
    settings = recipe.plain_cnn
    seed_libraries(settings.loop.seed)
    network = EndToEnd(PlainCnn(_plain_cnn_config(recipe)), len(CATEGORIES))
    front_end, log_mel = _normalised(clean, recipe.front_end)
    trainable = ClassificationTraining(network, log_mel, clean.targets, settings)
    _train(trainable, settings, recipe, folder)
    return EndToEndListener(network, front_end)


def frozen_encoder(clean: ClipSet, *, recipe: RobustnessRecipe, encoder: Encoder) -> Listener:
    """Load an encoder that has not heard the test clips, and learn probes."""
    return ProbedListener(embedder(encoder), clean, recipe.probes)


TRAINED: dict[str, "LearningMethod"] = {AUTOENCODER: autoencoder, PLAIN_CNN: plain_cnn}
"""Methods whose networks are trained here, by name."""


class LearningMethod(Protocol):
    """Learns from clean clips, with the training kept in `folder`."""

    def __call__(self, clean: ClipSet, *, recipe: RobustnessRecipe, folder: Path) -> Listener:
        """Train, or open what is trained."""


def check_networks(recipe: RobustnessRecipe) -> None:
    """Refuse sizes that no network can have, before anything is trained.

    Raises:
        ConfigError: a key is unknown or a value impossible.
    """
    _autoencoder_config(recipe)
    _plain_cnn_config(recipe)


def _autoencoder_config(recipe: RobustnessRecipe) -> ConvAutoencoderConfig:
    options = {"n_mels": recipe.front_end.n_mels, **recipe.autoencoder.options}
    return build(ConvAutoencoderConfig, options, where=f"{AUTOENCODER}: options")


def _plain_cnn_config(recipe: RobustnessRecipe) -> PlainCnnConfig:
    return build(PlainCnnConfig, recipe.plain_cnn.options, where=f"{PLAIN_CNN}: options")


def _train(
    trainable: Trainable, settings: NetworkTraining, recipe: RobustnessRecipe, folder: Path
) -> None:
    """Train for the fixed number of epochs, or open what is trained; the last weights count."""
    described = {"training": settings, "front_end": recipe.front_end, "clips": recipe.clips}
    fit(
        trainable,
        settings.loop,
        RunFolder(folder, described),
        optimiser=settings.optimiser,
        schedule=settings.schedule,
        devices=DeviceSettings(accelerator="cpu"),
    )
    trainable.network.eval()


def _normalised(clean: ClipSet, config: LogMelConfig) -> tuple[LogMel, Tensor]:
    """A front end that gives clean clips mean 0 and variance 1, and their log-mels (V, F, N)."""
    plain = LogMel(config)(clean.waveforms)
    front_end = LogMel(
        replace(
            config,
            mean=config.mean + config.scale * float(plain.mean()),
            scale=config.scale * float(plain.std()),
        )
    )
    return front_end, torch.from_numpy((plain - plain.mean()) / plain.std())


@torch.inference_mode()
def _in_batches(network: nn.Module, front_end: LogMel, waveforms: FloatArray) -> FloatArray:
    """(V, T) -> (V, D)."""
    starts = range(0, len(waveforms), _BATCH)
    batches = [torch.from_numpy(front_end(waveforms[i : i + _BATCH])) for i in starts]
    return torch.cat([network(batch) for batch in batches]).numpy()
