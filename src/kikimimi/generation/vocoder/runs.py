"""Run folders of vocoders: train, and export what was trained.

A run folder holds what `kikimimi.training.run_folder` says, `data.json` (facts of the sounds, for
the card), and in the end `vocoder`, the exported folder.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from kikimimi.audio.waveform_bank import Fault, Progress, WaveformBank, open_bank
from kikimimi.errors import ConfigError
from kikimimi.files import draft_of
from kikimimi.generation.data import GenerationData, load_generation_data
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.vocoder.batches import CropStream
from kikimimi.generation.vocoder.neural import NeuralVocoder, save_vocoder
from kikimimi.generation.vocoder.recipe import VocoderRecipe
from kikimimi.generation.vocoder.trainable import VocoderGame, VocoderTrainable
from kikimimi.training.checkpoint import load_checkpoint
from kikimimi.training.config import build, read_yaml
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import fit
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.seeds import seed_libraries

EXPORT_FOLDER = "vocoder"
_FACTS = "data.json"


@dataclass(frozen=True, slots=True)
class TrainedVocoder:
    """A vocoder, and how many of its sounds could not be read."""

    folder: Path
    sounds: int
    bad_files: int


def train_vocoder(
    recipe: VocoderRecipe,
    root: Path,
    folder: Path,
    *,
    cache: Path,
    devices: DeviceSettings | None = None,
    bad_file: Fault | None = None,
    decoding: Progress | None = None,
    progress: bool = True,
) -> TrainedVocoder:
    """Train into `folder`, or go on with it, and export to `folder/vocoder`.

    Args:
        recipe: the settings.
        root: a data set or a folder of sounds.
        folder: the run folder.
        cache: where decoded sounds are kept.
        devices: default one process on the best device.
        bad_file: told of files that cannot be read.
        decoding: told of decoded sounds.
        progress: whether to tell the progress on standard error.

    Raises:
        ConfigError: the folder belongs to another recipe, or the recipe cannot be run.
        DatasetError: there are no sounds, or too few.
        KikimimiError: the loss became NaN, or the folder cannot be written.
    """
    if devices is not None and devices.devices > 1:
        raise ConfigError("a vocoder is trained by one process; leave --devices at 1")
    run = RunFolder(folder, recipe)
    run.check()
    data = load_generation_data(root, recipe.data, held_out_fold=recipe.held_out_fold)
    faults: dict[Path, str] = {}
    bank = open_bank(
        data.training,
        sample_rate_hz=GENERATION_MEL.sample_rate_hz,
        longest_s=recipe.data.longest_s,
        cache=cache,
        progress=decoding,
        fault=faults.__setitem__,
    )
    for path, reason in faults.items():
        if bad_file is not None:
            bad_file(path, reason)
    with run.writing(folder / _FACTS):
        _write_facts(folder, recipe, data)
    seed_libraries(recipe.loop.seed)
    fit(
        _trainable(recipe, bank),
        recipe.loop,
        run,
        optimiser=recipe.optimiser,
        schedule=recipe.schedule,
        devices=devices,
        progress=progress,
    )
    exported = folder / EXPORT_FOLDER
    with run.writing(exported):
        export_vocoder(folder, exported)
    return TrainedVocoder(exported, len(data.training), len(faults))


def export_vocoder(run: Path, folder: Path) -> NeuralVocoder:
    """Write the vocoder of a run, also of one that has not ended, as a folder.

    The moving average is taken if there is one, of the end or else of the last checkpoint.

    Raises:
        ConfigError: there is no run, no checkpoint yet, or it is damaged.
        OSError: the folder cannot be written.
    """
    path = run / "config.yaml"
    if not path.exists():
        raise ConfigError(f"{run}: no config.yaml; give the folder that a training has made")
    recipe = build(VocoderRecipe, read_yaml(path), where=str(path))
    game, epochs = _trained(recipe, RunFolder(run))
    save_vocoder(
        folder,
        game.vocoder,
        name=recipe.vocoder.name,
        licence=recipe.vocoder.licence,
        facts={
            **_read_facts(run),
            "epochs": f"{epochs} of {recipe.loop.epochs}, the first "
            f"{recipe.loss.reconstruction_epochs} without discriminators",
            "batch": f"{recipe.crops.batch_size} crops of {recipe.crops.frames * 16} ms",
        },
    )
    return NeuralVocoder(folder)


def _write_facts(run: Path, recipe: VocoderRecipe, data: GenerationData) -> None:
    fold = recipe.held_out_fold
    without = "" if fold is None else f", without fold {fold}"
    facts = {
        "training data": f"{data.name}, {len(data.training)} sounds{without}",
        "licence of the data": data.licence,
    }
    run.mkdir(parents=True, exist_ok=True)
    with draft_of(run / _FACTS) as draft:
        draft.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _read_facts(run: Path) -> dict[str, str]:
    path = run / _FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): str(value) for key, value in facts.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); train again") from None


def _trainable(recipe: VocoderRecipe, bank: WaveformBank) -> VocoderTrainable:
    heard = [number for number in range(len(bank)) if len(bank[number]) > 0]
    count = min(recipe.crops.figures_sounds, len(heard) // 10)
    places = np.linspace(0, len(heard) - 1, count).round().astype(int)
    left_out = {heard[place] for place in places}
    seed_libraries(recipe.loop.seed)
    stream = CropStream(
        bank,
        [number for number in heard if number not in left_out],
        recipe.crops,
        noise=recipe.network.noise,
        seed=recipe.loop.seed,
    )
    sounds = [_whole_hops(bank[number]) for number in sorted(left_out)]
    return VocoderTrainable(recipe, VocoderGame(recipe), stream, sounds)


def _whole_hops(samples: np.ndarray) -> np.ndarray:
    """Five seconds at most, without what is less than a hop; short sounds followed by silence."""
    hop = GENERATION_MEL.hop_length
    count = min(5 * GENERATION_MEL.sample_rate_hz, max(len(samples), 8 * hop)) // hop * hop
    return np.pad(samples[:count], (0, max(0, count - len(samples))))


def _trained(recipe: VocoderRecipe, run: RunFolder) -> tuple[VocoderGame, int]:
    """The game with its best weights, and the epochs that were made."""
    game = VocoderGame(recipe)
    state = load_checkpoint(run.checkpoint)
    if state is None:
        raise ConfigError(f"{run.path}: no checkpoint yet; wait for the end of an epoch")
    average = run.ema_weights if recipe.loop.ema_decay is not None else run.last_weights
    ended = state["epochs_done"] == recipe.loop.epochs and average.exists()
    shadow = state["ema"]
    weights = load_file(average) if ended else (shadow or state)["network"]
    game.load_state_dict(weights)
    return game, int(state["epochs_done"])
