"""`kikimimi train` for generators: auto-encoders and the flow."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kikimimi.cli.output import json_path, print_json
from kikimimi.cli.progress import file_progress
from kikimimi.cli.training_call import TrainingCall, name_bad_file
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.generation.run import TrainingSettings
    from kikimimi.generation.sounds import Sounds
    from kikimimi.training.devices import DeviceSettings


class GeneratorTraining(ABC):
    """A generator; the trained one is exported to RUN/generator."""

    noun: ClassVar[str]

    def __init__(self, call: TrainingCall) -> None:
        from kikimimi.training.config import load_recipe

        call.refuse_folds("leave a fold out with --set held_out_fold=5")
        self._call = call
        kind = self.recipe_type()
        self._recipe: Any = load_recipe(call.recipe, kind, overrides=call.overrides)
        self._devices = call.device_settings()

    @abstractmethod
    def recipe_type(self) -> "type[TrainingSettings]":
        """What the recipe is read as."""

    @abstractmethod
    def train(
        self, recipe: Any, sounds: "Sounds", run: Path, cache: Path, devices: "DeviceSettings"
    ) -> Path:
        """Train, and return the folder of the generator."""

    def run(self, *, as_json: bool) -> bool:
        """Train, name bad files, and tell where the generator is."""
        import torch

        from kikimimi.generation.sounds import open_sounds

        call = self._call
        torch.set_num_threads(call.threads)
        with file_progress("Decoding") as step:
            sounds = open_sounds(
                call.data,
                self._recipe.data,
                cache=call.cache,
                held_out_fold=self._recipe.held_out_fold,
                progress=step,
                bad_file=name_bad_file,
            )
        folder = self.train(self._recipe, sounds, call.run, call.cache, self._devices)
        heard = len(sounds.training)
        if as_json:
            record = {"generator": json_path(folder), "files": heard, "failed": sounds.bad_files}
            print_json(record)
        else:
            print(f"{display_path(folder)}: {self.noun}, trained on {heard} sounds")
        return sounds.bad_files == 0


class VaeTraining(GeneratorTraining):
    """The variational auto-encoder of the source work."""

    noun = "variational auto-encoder"

    def recipe_type(self) -> "type[TrainingSettings]":
        """The recipe of a variational auto-encoder."""
        from kikimimi.generation.vae.trainable import VaeRecipe

        return VaeRecipe

    def train(
        self, recipe: Any, sounds: "Sounds", run: Path, cache: Path, devices: "DeviceSettings"
    ) -> Path:
        """Train it."""
        from kikimimi.generation.vae.trainable import train_vae

        return train_vae(recipe, sounds, run, devices=devices)


class AutoencoderTraining(GeneratorTraining):
    """The auto-encoder with a latent over time."""

    noun = "auto-encoder"

    def recipe_type(self) -> "type[TrainingSettings]":
        """The recipe of an auto-encoder."""
        from kikimimi.generation.autoencoder.trainable import AutoencoderRecipe

        return AutoencoderRecipe

    def train(
        self, recipe: Any, sounds: "Sounds", run: Path, cache: Path, devices: "DeviceSettings"
    ) -> Path:
        """Train it."""
        from kikimimi.generation.autoencoder.trainable import train_autoencoder

        return train_autoencoder(recipe, sounds, run, devices=devices)


class FlowTraining(GeneratorTraining):
    """The flow over the latents of an auto-encoder."""

    noun = "auto-encoder and flow"

    def recipe_type(self) -> "type[TrainingSettings]":
        """The recipe of a flow."""
        from kikimimi.generation.flow.trainable import FlowRecipe

        return FlowRecipe

    def train(
        self, recipe: Any, sounds: "Sounds", run: Path, cache: Path, devices: "DeviceSettings"
    ) -> Path:
        """Train it."""
        from kikimimi.generation.flow.trainable import train_flow

        return train_flow(recipe, sounds, run, cache=cache, devices=devices)
