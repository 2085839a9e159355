"""Pretraining that takes a second, for the tests; as a script, one run that is killed.

python tiny_pretraining.py RECIPE DATA RUN EPOCH
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import torch

from kikimimi.pretraining.recipe import PretrainingRecipe
from kikimimi.pretraining.run import Pretrained, pretrain
from kikimimi.pretraining.trainable import Heard, PretrainingTrainable
from kikimimi.training.config import load_recipe
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.shipped_recipes import find_recipe
from kikimimi.training.trainable import Shard

_PATCHES = """
network: {options: {width: 12, depth: 1, heads: 3}}
crops: {crop_s: 0.64}
"""
_CNN = "network: {options: {width: 0.1}}\n"
_SMALL = "{width: 12, depth: 1, heads: 3}"
_OF_METHOD = {
    "byol_a_v1": """
method: {options: {hidden_size: 16, projection_size: 8, mixup_memory: 16}}
network: {options: {embedding_size: 16}}
""",
    "byol_a_v2": """
method: {options: {hidden_size: 16, projection_size: 8, mixup_memory: 16}}
network: {options: {mlp_size: 16}}
""",
    "cola": _CNN,
    "m2d": f"{_PATCHES}method: {{options: {{predictor: {_SMALL}}}}}\n",
    "m2d_clap": f"{_PATCHES}method: {{options: {{predictor: {_SMALL}, hidden_size: 8}}}}\n",
    "m2d2": f"{_PATCHES}method: {{options: {{predictor: {_SMALL}, hidden_size: 8}}}}\n",
    "msm_mae": f"{_PATCHES}method: {{options: {{decoder: {_SMALL}}}}}\n",
    "waveform_agreement": _CNN
    + """
method: {options: {waveform_options: {filters: [2, 4], channels: [4, 8]}, hidden_size: 16}}
""",
}


def write_recipe(folder: Path, name: str) -> Path:
    """A recipe of the package with everything small."""
    path = folder / f"{name}.yaml"
    text = (
        f"base: {find_recipe(f'pretrain_{name}')}\nbatch_size: 4\n{_OF_METHOD[name]}"
        "loop: {epochs: 3, checkpoint_every: 1}\n"
    )
    path.write_text(text)
    return path


def write_sounds(folder: Path, count: int = 9, *, seconds: float = 1.5) -> Path:
    """Noises of different colours, the lengths unlike."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for number in range(count):
        noise = generator.standard_normal(round((seconds + number / 20) * 16000))
        smooth = np.convolve(noise, np.ones(number + 1) / (number + 1), "same")
        soundfile.write(folder / f"wind_{number}.wav", 0.1 * smooth, 16000)
    return folder


def run_tiny(recipe: Path, data: Path, run: Path, *overrides: str, **options: object) -> Pretrained:
    """Train one recipe on one thread."""
    torch.set_num_threads(1)
    return pretrain(
        load_recipe(recipe, PretrainingRecipe, overrides=overrides),
        [data],
        run,
        cache=run.parent / "cache",
        devices=DeviceSettings("cpu"),
        progress=False,
        **options,
    )


def _main(recipe: str, data: str, run: str, epoch: str) -> None:
    unharmed = PretrainingTrainable.batches

    def deadly(self: PretrainingTrainable, number: int, shard: Shard) -> Iterator[Heard]:
        for step, batch in enumerate(unharmed(self, number, shard)):
            if (number, step) == (int(epoch), 1):
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    PretrainingTrainable.batches = deadly
    run_tiny(Path(recipe), Path(data), Path(run))


if __name__ == "__main__":
    _main(*sys.argv[1:])
