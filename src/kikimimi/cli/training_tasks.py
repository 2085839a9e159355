"""What `kikimimi train` can train: one class for each `task` that a recipe may name."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from kikimimi.cli.detection_training import DetectionTraining
from kikimimi.cli.generator_training import AutoencoderTraining, FlowTraining, VaeTraining
from kikimimi.cli.output import json_path, print_json
from kikimimi.cli.progress import file_progress
from kikimimi.cli.scores import print_score, print_summary
from kikimimi.cli.training_call import TrainingCall, name_bad_file
from kikimimi.cli.vocoder_training import VocoderTraining
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.tasks.fold_scores import FoldScore, Summary


class Training(Protocol):
    """A training of one task."""

    def __init__(self, call: TrainingCall) -> None:
        """Read the recipe, before anything else is done."""

    def run(self, *, as_json: bool) -> bool:
        """Train and tell the results; return whether all inputs could be read."""


class FoldTraining(ABC):
    """A training with a score for each fold of a data set."""

    @abstractmethod
    def __init__(self, call: TrainingCall) -> None:
        """Read the recipe, before anything else is done."""

    @abstractmethod
    def scores(self) -> Iterator["FoldScore"]:
        """Train, and give the score of each fold."""

    @abstractmethod
    def summary(self) -> "Summary":
        """What the folds say together."""

    def run(self, *, as_json: bool) -> bool:
        """Train and tell the scores; bad clips are an error, so all could be read."""
        for score in self.scores():
            print_score(score, as_json=as_json)
        print_summary(self.summary(), as_json=as_json)
        return True


class ClassificationTraining(FoldTraining):
    """Networks, trained from scratch."""

    def __init__(self, call: TrainingCall) -> None:
        from kikimimi.tasks.classification.recipe import ClassificationRecipe
        from kikimimi.training.config import load_recipe

        self._call = call
        self._recipe = load_recipe(call.recipe, ClassificationRecipe, overrides=call.overrides)
        self._devices = call.device_settings()

    def scores(self) -> Iterator["FoldScore"]:
        """Train each fold."""
        import torch

        from kikimimi.tasks.classification.folds import prepare, train_folds

        call = self._call
        torch.set_num_threads(call.threads)
        with file_progress("Decoding") as step:
            data = prepare(self._recipe.data, call.data, call.cache, decoding=step)
        yield from train_folds(
            self._recipe,
            data,
            call.run,
            folds=call.folds,
            devices=self._devices,
            workers=call.workers,
        )

    def summary(self) -> "Summary":
        """Mean and deviation over all folds that the run has scored."""
        from kikimimi.tasks.classification.folds import summarise

        return summarise(self._call.run)


class TransferTraining(FoldTraining):
    """A linear head on a frozen encoder."""

    def __init__(self, call: TrainingCall) -> None:
        from kikimimi.tasks.transfer.recipe import TransferRecipe
        from kikimimi.training.config import load_recipe

        self._call = call
        self._recipe = load_recipe(call.recipe, TransferRecipe, overrides=call.overrides)
        self._scores: list[FoldScore] = []

    def scores(self) -> Iterator["FoldScore"]:
        """Embed the clips, then fit and score each fold."""
        from kikimimi.tasks.transfer.runs import transfer

        call = self._call
        with file_progress("Embedding") as step:
            for score in transfer(
                self._recipe, call.data, call.run, cache=call.cache, folds=call.folds, progress=step
            ):
                self._scores.append(score)
                yield score

    def summary(self) -> "Summary":
        """Mean and deviation over the folds."""
        from kikimimi.tasks.fold_scores import summary_of

        return summary_of(self._scores)


class PretrainingTraining:
    """An encoder, from sounds without labels."""

    def __init__(self, call: TrainingCall) -> None:
        from kikimimi.pretraining.recipe import PretrainingRecipe
        from kikimimi.training.config import load_recipe

        call.refuse_folds("leave --fold out, and give the files to be heard as --data")
        self._call = call
        self._recipe = load_recipe(call.recipe, PretrainingRecipe, overrides=call.overrides)
        self._devices = call.device_settings()

    def run(self, *, as_json: bool) -> bool:
        """Train, name bad files, and tell where the encoder is."""
        import torch

        from kikimimi.pretraining.run import pretrain

        call = self._call
        torch.set_num_threads(call.threads)
        with file_progress("Decoding") as step:
            trained = pretrain(
                self._recipe,
                call.places,
                call.run,
                cache=call.cache,
                devices=self._devices,
                workers=call.workers,
                bad_file=name_bad_file,
                decoding=step,
            )
        if as_json:
            record = {"encoder": json_path(trained.encoder), "loss": trained.loss}
            print_json({**record, "files": trained.files, "failed": trained.bad_files})
        else:
            print(f"{display_path(trained.encoder)}: loss {trained.loss:.4g}")
        return trained.bad_files == 0


_TASKS: dict[str, type[Training]] = {
    "autoencoder": AutoencoderTraining,
    "classification": ClassificationTraining,
    "detection": DetectionTraining,
    "flow": FlowTraining,
    "pretraining": PretrainingTraining,
    "transfer": TransferTraining,
    "vae": VaeTraining,
    "vocoder": VocoderTraining,
}


def start_training(call: TrainingCall) -> Training:
    """Make the training of the task that the recipe names.

    Raises:
        ConfigError: the recipe cannot be read, is malformed, or names no task or an unknown one.
    """
    from kikimimi.training.config import read_recipe

    task = read_recipe(call.recipe).get("task")
    if not isinstance(task, str) or task not in _TASKS:
        raise ConfigError(
            f"{call.recipe}: there is no task {task!r}; {suggestion(str(task), _TASKS)}"
        )
    return _TASKS[task](call)
