"""`kikimimi train` for the vocoder."""

from kikimimi.cli.output import json_path, print_json
from kikimimi.cli.progress import file_progress
from kikimimi.cli.training_call import TrainingCall, name_bad_file
from kikimimi.paths import display_path


class VocoderTraining:
    """A vocoder; the trained one is exported to RUN/vocoder."""

    def __init__(self, call: TrainingCall) -> None:
        from kikimimi.generation.vocoder.recipe import VocoderRecipe
        from kikimimi.training.config import load_recipe

        call.refuse_folds("leave a fold out with --set held_out_fold=5")
        self._call = call
        self._recipe = load_recipe(call.recipe, VocoderRecipe, overrides=call.overrides)
        self._devices = call.device_settings()

    def run(self, *, as_json: bool) -> bool:
        """Train, name bad files, and tell where the vocoder is."""
        import torch

        from kikimimi.generation.vocoder.runs import train_vocoder

        call = self._call
        torch.set_num_threads(call.threads)
        with file_progress("Decoding") as step:
            trained = train_vocoder(
                self._recipe,
                call.data,
                call.run,
                cache=call.cache,
                devices=self._devices,
                bad_file=name_bad_file,
                decoding=step,
            )
        if as_json:
            record = {"vocoder": json_path(trained.folder), "files": trained.sounds}
            print_json({**record, "failed": trained.bad_files})
        else:
            print(f"{display_path(trained.folder)}: trained on {trained.sounds} sounds")
        return trained.bad_files == 0
