"""Run folders of self-supervised and cross-modal training; each ends with an encoder folder.

A run folder holds what `kikimimi.training.run_folder` says, and `encoder/`, which
`kikimimi.encoders.registry.create_encoder` takes by its path.
"""

import csv
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import torch

from kikimimi.audio.waveform_bank import Progress
from kikimimi.errors import ConfigError
from kikimimi.pretraining.building import build_pretraining
from kikimimi.pretraining.crops.batches import BadFile
from kikimimi.pretraining.crops.files import AudioFiles, find_audio
from kikimimi.pretraining.exporting import export_encoder
from kikimimi.pretraining.method import method_type
from kikimimi.pretraining.recipe import PretrainingRecipe
from kikimimi.pretraining.sounds import open_sounds
from kikimimi.pretraining.trainable import Pretraining, PretrainingTrainable
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import fit
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.seeds import seed_libraries
from kikimimi.training.trainable import Shard

_BATCHES_HEARD = 20


@dataclass(frozen=True, slots=True)
class PretrainingRun:
    """What decides one training: the recipe, and the files by their number and names."""

    recipe: PretrainingRecipe
    files: int
    names_sha256: str


@dataclass(frozen=True, slots=True)
class Pretrained:
    """What a training gave."""

    encoder: Path
    """The folder that `--encoder` takes."""
    loss: float
    """Mean of the last epoch."""
    files: int
    bad_files: int
    """Files that could not be read in this call."""


def pretrain(
    recipe: PretrainingRecipe,
    places: Sequence[Path],
    folder: Path,
    *,
    cache: Path,
    devices: DeviceSettings | None = None,
    workers: int = 0,
    bad_file: BadFile | None = None,
    decoding: Progress | None = None,
    progress: bool = True,
) -> Pretrained:
    """Train a recipe into `folder`, or go on with it; a finished one is left as it is.

    Args:
        recipe: the settings.
        places: folders, sound files, and text files that list them.
        folder: the run folder.
        cache: folder for decoded samples and embedded captions.
        devices: default one process on the best device.
        workers: processes that decode.
        bad_file: told once of each file that cannot be read; it is skipped.
        decoding: told of each file that is decoded into the cache.
        progress: whether to tell the progress on standard error.

    Raises:
        ConfigError: the recipe cannot be run, or the folder belongs to another one.
        DatasetError: there is no sound, or none that can be read.
        EncoderError: the encoder to start from, or the text encoder, cannot be loaded.
        KikimimiError: the loss became NaN, or the folder cannot be written.
    """
    _check(recipe)
    files = find_audio(places)
    run = RunFolder(folder, PretrainingRun(recipe, len(files), _names_digest(files)))
    run.check()
    encoder = folder / "encoder"
    if (encoder / "config.json").exists():
        return Pretrained(encoder, _last_loss(run), len(files), 0)
    seed_libraries(recipe.loop.seed)
    sounds = open_sounds(recipe, files, cache, workers, bad_file, decoding)
    network = build_pretraining(recipe, sounds)
    trained = fit(
        PretrainingTrainable(network, sounds.stream, sounds.captions, loop=recipe.loop),
        recipe.loop,
        run,
        optimiser=recipe.optimiser,
        schedule=recipe.schedule,
        devices=devices,
        progress=progress,
    )
    kept = trained.ema or trained.network
    if not isinstance(kept, Pretraining):
        raise TypeError(f"expected a Pretraining, got {type(kept).__name__}")
    loss = _last_loss(run)
    if _is_first_process():
        with run.writing(encoder):
            named = ", ".join(place.name or str(place) for place in places)
            export_encoder(
                encoder,
                recipe,
                kept,
                data=f"{len(sounds.stream)} files of {named}",
                text_identity=sounds.text_identity,
                loss=loss,
            )
    return Pretrained(encoder, loss, len(files), sounds.stream.bad_files)


def random_encoder(
    recipe: PretrainingRecipe, places: Sequence[Path], folder: Path, *, cache: Path
) -> Path:
    """Write the encoder as it is before any training: what a method must be better than.

    It has the weights that `pretrain` starts from, and the same normalisation; layers that
    normalise batches have the statistics of some batches of these sounds.

    Raises:
        ConfigError, DatasetError, EncoderError: as `pretrain`.
    """
    files = find_audio(places)
    seed_libraries(recipe.loop.seed)
    sounds = open_sounds(recipe, files, cache, 0, None, None)
    network = build_pretraining(recipe, sounds)
    _hear_some(PretrainingTrainable(network, sounds.stream, sounds.captions, loop=recipe.loop))
    named = replace(recipe, encoder=replace(recipe.encoder, name=f"{recipe.encoder.name}_random"))
    export_encoder(
        folder,
        named,
        network.eval(),
        data="none: random weights",
        text_identity=sounds.text_identity,
        loss=float("nan"),
    )
    return folder


@torch.no_grad()
def _hear_some(trainable: PretrainingTrainable) -> None:
    """Let batch normalisation see what it will see; no weight of the network changes."""
    trainable.network.train()
    for batch in islice(trainable.batches(0, Shard()), _BATCHES_HEARD):
        trainable.losses(batch)


def _check(recipe: PretrainingRecipe) -> None:
    method = method_type(recipe.method.name)
    if method.needs_start and recipe.network.start is None:
        raise ConfigError(
            f"method '{recipe.method.name}' goes on from an earlier training; give its encoder "
            "folder as network.start"
        )
    if method.needs_texts != (recipe.captions.source != "none"):
        verb = "needs" if method.needs_texts else "takes no"
        raise ConfigError(f"method '{recipe.method.name}' {verb} captions; mend captions.source")


def _names_digest(files: AudioFiles) -> str:
    """SHA-256 of the names of the files in their order; a moved folder has the same."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(os.fsencode(path.name) + b"\0")
    return digest.hexdigest()


def _last_loss(run: RunFolder) -> float:
    with run.metrics.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return float(rows[-1]["train_loss"])


def _is_first_process() -> bool:
    distributed = torch.distributed
    return not (distributed.is_available() and distributed.is_initialized()) or (
        distributed.get_rank() == 0
    )
