"""How far a training is, on standard error: a bar on a terminal, else a line an epoch."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_LINES_LEAVE_OUT = {"epoch", "step", "seconds"}


class TrainingProgress:
    """Says nothing; what processes other than the first get."""

    def step(self, loss: float) -> None:
        """A step was made; `loss` is the newest that is known, NaN before the first."""

    def epoch(self, row: Mapping[str, float]) -> None:
        """An epoch is finished; `row` is what the table says of it."""


class _Lines(TrainingProgress):
    """One line an epoch, for logs."""

    def __init__(self, label: str, epochs: int, steps_per_epoch: int, file: TextIO) -> None:
        self._label, self._epochs, self._file = label, epochs, file
        self._steps_per_epoch = steps_per_epoch
        self._began, self._made = time.monotonic(), 0

    def epoch(self, row: Mapping[str, float]) -> None:
        self._made += 1
        left = (time.monotonic() - self._began) / self._made * (self._epochs - row["epoch"])
        values = [f"{k} {v:.4g}" for k, v in row.items() if k not in _LINES_LEAVE_OUT]
        head = f"{self._label}: epoch {row['epoch']}/{self._epochs}"
        rate = f"{self._steps_per_epoch / max(row['seconds'], 1e-9):.3g} steps/s"
        line = "  ".join([head, *values, rate, f"left {timedelta(seconds=round(left))}"])
        print(line, file=self._file, flush=True)


class _Bar(TrainingProgress):
    """A bar over all steps."""

    def __init__(self, bar: Progress, epochs: int) -> None:
        self._bar, self._epochs = bar, epochs
        self._task = bar.task_ids[0]

    def step(self, loss: float) -> None:
        speed = self._bar.tasks[0].speed
        rate = f"{speed:.1f} steps/s" if speed else ""
        self._bar.update(self._task, advance=1, loss=f"loss {loss:.4f}", rate=rate)

    def epoch(self, row: Mapping[str, float]) -> None:
        shown = min(int(row["epoch"]) + 1, self._epochs)
        self._bar.update(self._task, epoch=f"epoch {shown}/{self._epochs}")


@contextmanager
def training_progress(
    *,
    label: str,
    epochs: int,
    steps_per_epoch: int,
    epochs_done: int,
    show: bool,
    file: TextIO | None = None,
) -> Iterator[TrainingProgress]:
    """Give the object to tell of steps and epochs.

    Args:
        label: name of the training.
        epochs: all that it will have.
        steps_per_epoch: steps in each.
        epochs_done: epochs made before a resume.
        show: whether to write anything.
        file: where to write; default standard error.
    """
    if not show:
        yield TrainingProgress()
        return
    file = file or sys.stderr
    if not file.isatty():
        yield _Lines(label, epochs, steps_per_epoch, file)
        return
    bar = Progress(
        TextColumn("{task.description}"),
        TextColumn("{task.fields[epoch]}"),
        BarColumn(),
        TextColumn("{task.fields[loss]}"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(file=file),
        refresh_per_second=2,
    )
    with bar:
        bar.add_task(
            label,
            total=epochs * steps_per_epoch,
            completed=epochs_done * steps_per_epoch,
            epoch=f"epoch {min(epochs_done + 1, epochs)}/{epochs}",
            loss="",
            rate="",
        )
        yield _Bar(bar, epochs)
