"""What `kikimimi train` can train: one class for each `task` that a recipe may name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kikimimi.cli.progress import file_progress
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

if TYPE_CHECKING:
    from kikimimi.tasks.fold_scores import FoldScore, Summary


@dataclass(frozen=True, slots=True)
class TrainingCall:
    """What was asked for on the command line."""

    recipe: Path
    overrides: tuple[str, ...]
    data: Path
    run: Path
    cache: Path
    folds: tuple[int, ...]
    accelerator: str
    devices: int
    workers: int
    threads: int


class Training(Protocol):
    """A training of one task."""

    def __init__(self, call: TrainingCall) -> None:
        """Read the recipe, before anything else is done."""

    def scores(self) -> Iterator["FoldScore"]:
        """Train, and give the score of each fold."""

    def summary(self) -> "Summary":
        """What the folds say together."""


class ClassificationTraining:
    """Networks, trained from scratch."""

    def __init__(self, call: TrainingCall) -> None:
        from kikimimi.tasks.classification.recipe import ClassificationRecipe
        from kikimimi.training.config import build, load_recipe
        from kikimimi.training.devices import DeviceSettings

        self._call = call
        self._recipe = load_recipe(call.recipe, ClassificationRecipe, overrides=call.overrides)
        wanted = {"accelerator": call.accelerator, "devices": call.devices}
        self._devices = build(DeviceSettings, wanted, where="command line")

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


class TransferTraining:
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


_TASKS: dict[str, type[Training]] = {
    "classification": ClassificationTraining,
    "transfer": TransferTraining,
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
