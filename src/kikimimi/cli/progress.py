"""Progress bars on standard error: shown on a terminal only, and only for long work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from kikimimi.paths import display_path

_NAME_LENGTH = 32


class Step(Protocol):
    """Tell how far the work is."""

    def __call__(self, done: float, total: int, path: Path, audio_seconds: float) -> None:
        """`done` of `total` files, the last of them `path`, `audio_seconds` of sound so far."""


@contextmanager
def file_progress(label: str) -> Iterator[Step]:
    """A bar with count, rate in times real time, and time left; gives the function to call."""
    progress = Progress(
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}"),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with progress:
        task = progress.add_task(label, total=None, rate="", name="")

        def step(done: float, total: int, path: Path, audio_seconds: float) -> None:
            elapsed = progress.tasks[0].elapsed or 0.0
            rate = f"{audio_seconds / elapsed:.0f}x real time" if elapsed > 0.5 else ""
            name = display_path(path.name)[:_NAME_LENGTH]
            progress.update(task, completed=done, total=total, rate=rate, name=name)

        yield step


@contextmanager
def byte_progress(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar with bytes, rate and time left; gives the function to call with (done, total)."""
    progress = Progress(
        TextColumn(label),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def busy(label: str) -> Iterator[None]:
    """A sign of life on standard error, on a terminal only, while something short is done."""
    console = Console(file=sys.stderr)
    if console.is_terminal:
        with console.status(label):
            yield
    else:
        yield
