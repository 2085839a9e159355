"""Run folders of generators; each ends with a folder `generator`.

A run folder holds what `kikimimi.training.run_folder` says, and `generator/`, which
`kikimimi.generation.folder.open_generator` takes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from kikimimi.encoders.weights import CONFIG_NAME
from kikimimi.errors import ConfigError
from kikimimi.generation.data import DataSettings
from kikimimi.generation.folder import GeneratorFacts, attach_vocoder
from kikimimi.generation.sounds import Sounds
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import Trainable, fit
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.schedules import ScheduleSettings
from kikimimi.training.seeds import seed_libraries
from kikimimi.training.state import LoopSettings

GENERATOR_FOLDER = "generator"


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How many examples are heard; an epoch is a number of steps, however many sounds there are."""

    size: int = 32
    steps_per_epoch: int = 50

    def __post_init__(self) -> None:
        if self.size < 1 or self.steps_per_epoch < 1:
            raise ConfigError("batch: size and steps_per_epoch must be 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """What the recipes of all generators say."""

    data: DataSettings = field(default_factory=DataSettings)
    held_out_fold: int | None = None
    """Clips of this fold are only watched."""
    batch: BatchSettings = field(default_factory=BatchSettings)
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)
    generator: GeneratorFacts = field(default_factory=GeneratorFacts)
    vocoder: Path | None = None
    """Folder of a trained vocoder, of which a copy is laid beside the generator."""


class GeneratorTrainable(Trainable, Protocol):
    """A training that ends with a generator."""

    def export(self, folder: Path, network: nn.Module) -> None:
        """Write the generator; `network` is what is kept of the training, in evaluation mode."""


@dataclass(frozen=True, slots=True)
class GenerationRun:
    """What decides one training: the recipe, and the sounds by their number and names."""

    recipe: TrainingSettings
    files: int
    names_sha256: str
    parts: str = ""
    """Identity of trained parts that it builds on."""


def train_generator(
    recipe: TrainingSettings,
    sounds: Sounds,
    folder: Path,
    make: Callable[[], GeneratorTrainable],
    *,
    parts: str = "",
    devices: DeviceSettings | None = None,
    progress: bool = True,
) -> Path:
    """Train into `folder`, or go on with it; a finished training is left as it is.

    Args:
        recipe: the settings.
        sounds: what is heard.
        folder: the run folder.
        make: gives network, data and losses; called after the libraries were seeded.
        parts: identity of trained parts that the recipe builds on.
        devices: default one process on the best device.
        progress: whether to tell the progress on standard error.

    Returns:
        The folder of the generator.

    Raises:
        ConfigError: the folder belongs to another recipe, or the recipe cannot be run.
        KikimimiError: the loss became NaN, or the folder cannot be written.
    """
    files = len(sounds.data.training)
    facts = GenerationRun(recipe, files, sounds.names_digest(), parts)
    run = RunFolder(folder, facts)
    run.check()
    generator = folder / GENERATOR_FOLDER
    if (generator / CONFIG_NAME).exists():
        return generator
    seed_libraries(recipe.loop.seed)
    trainable = make()
    trained = fit(
        trainable,
        recipe.loop,
        run,
        optimiser=recipe.optimiser,
        schedule=recipe.schedule,
        devices=devices,
        progress=progress,
    )
    if _is_first_process():
        kept = (trained.ema or trained.network).cpu().eval()
        with run.writing(generator), torch.no_grad():
            if recipe.vocoder is not None:
                attach_vocoder(generator, recipe.vocoder)
            trainable.export(generator, kept)
    return generator


def training_facts(recipe: TrainingSettings, sounds: Sounds) -> dict[str, str]:
    """Rows of a generator's card that tell of its training."""
    steps = recipe.loop.epochs * recipe.batch.steps_per_epoch
    held_out = "nothing" if recipe.held_out_fold is None else f"fold {recipe.held_out_fold}"
    return {
        "training": f"{steps} steps of {recipe.batch.size}, seed {recipe.loop.seed}",
        "optimiser": f"{recipe.optimiser.name}, learning rate {recipe.optimiser.lr:g}",
        "sounds": f"{len(sounds.training)} of {sounds.data.name} ({sounds.data.licence})",
        "held out": held_out,
    }


def _is_first_process() -> bool:
    distributed = torch.distributed
    return not (distributed.is_available() and distributed.is_initialized()) or (
        distributed.get_rank() == 0
    )
