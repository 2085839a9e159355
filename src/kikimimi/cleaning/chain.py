"""Sending a sound through stages one after the other, in memory that does not grow with it.

Axes: C channels, T sample frames.

Stages that work as the sound comes are linked: each block goes through all of them at once. Before
a stage that must hear the whole sound first, the sound is heard through to there; what the stages
gave is kept on the disk if it would cost much to make again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from kikimimi.cleaning.contract import (
    Figures,
    Samples,
    Stage,
    StreamingStage,
    Survey,
    SurveyingStage,
    Treatment,
)
from kikimimi.cleaning.levels import Monitor, StageReport
from kikimimi.cleaning.sources import ClipSource, SoundSource, Spool
from kikimimi.errors import AudioError
from kikimimi.types import Clip, FloatArray

Write = Callable[[FloatArray], None]
"""Takes the next frames of the result, (C, T) float32."""

Progress = Callable[[str, float], None]
"""Told what the pass is for (the name of a stage, or `write`) and the seconds that it has heard."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in its place; a bypassed one stays in the preset and in the report."""

    stage: Stage
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class _Settled:
    """A stage that knows what to do with this sound, and its place in the chain."""

    place: int
    name: str
    treatment: Treatment
    found: Figures


def run_chain(
    steps: Sequence[Step],
    source: SoundSource,
    write: Write,
    *,
    drafts_folder: Path | None = None,
    progress: Progress | None = None,
) -> list[StageReport]:
    """Clean a sound of any length.

    Args:
        steps: the stages in their order.
        source: the sound.
        write: gets the result block by block, once everything is known; a sound of which a stage
            leaves nothing is never written.
        drafts_folder: where up to 4 bytes for each sample are kept between passes; the system's
            folder for temporary files if not given.
        progress: told about every block.

    Returns:
        What each step did, in their order.

    Raises:
        AudioError: the sound cannot be decoded or treated, or there is no room for the drafts.
    """
    with ExitStack() as stack:
        run = _Run(source, drafts_folder or Path(gettempdir()), progress or _no_progress, stack)
        for place, step in enumerate(steps):
            run.append(place, step)
        run.write(write)
    return [run.reports[place] for place in range(len(steps))]


def clean_clip(
    steps: Sequence[Step], clip: Clip, *, drafts_folder: Path | None = None
) -> tuple[Clip, list[StageReport]]:
    """Clean a sound in memory. Raises AudioError as `run_chain` does."""
    blocks: list[FloatArray] = []
    reports = run_chain(steps, ClipSource(clip), blocks.append, drafts_folder=drafts_folder)
    samples = np.concatenate([np.zeros((clip.samples.shape[0], 0), np.float32), *blocks], axis=1)
    return Clip(samples, clip.sample_rate_hz), reports


class _Run:
    """One sound in one chain."""

    def __init__(
        self, source: SoundSource, drafts_folder: Path, progress: Progress, stack: ExitStack
    ) -> None:
        self.reports: dict[int, StageReport] = {}
        self._base = source
        self._sound = source.sound
        self._linked: list[_Settled] = []
        self._drafts_folder = drafts_folder
        self._progress = progress
        self._stack = stack

    def append(self, place: int, step: Step) -> None:
        """Link the next step, after hearing the sound through to it if it asks for that."""
        stage = step.stage
        if step.bypass:
            self.reports[place] = StageReport(stage.name, bypassed=True)
        elif isinstance(stage, StreamingStage):
            self._linked.append(_Settled(place, stage.name, stage, {}))
        elif isinstance(stage, SurveyingStage):
            settled = self._survey(place, stage)
            self._linked.append(settled)
        else:
            raise TypeError(f"{stage.name}: a stage streams or surveys")

    def write(self, write: Write) -> None:
        """The last pass."""
        for block in self._pass("write"):
            if block.size:
                write(block.astype(np.float32))

    def _survey(self, place: int, stage: SurveyingStage) -> _Settled:
        with self._naming(stage.name):
            survey = stage.survey(self._sound)
        if all(link.treatment.is_light for link in self._linked):
            for block in self._pass(stage.name):
                survey.push(block)
        else:
            spool = self._stack.enter_context(
                Spool(self._sound, where=self._base.where, folder=self._drafts_folder)
            )
            for block in self._pass(stage.name):
                spool.write(block)
                survey.push(block.astype(np.float32).astype(np.float64))
            self._base, self._linked = spool, []
        while self._wants_more(stage.name, survey):
            for block in self._pass(stage.name):
                survey.push(block)
        return _Settled(place, stage.name, survey.settle(), survey.figures())

    def _wants_more(self, name: str, survey: Survey) -> bool:
        with self._naming(name):
            return survey.end_pass()

    def _pass(self, purpose: str) -> Iterator[Samples]:
        """Yield the sound as it comes out of the last link; then write the reports of the links."""
        monitors = self._monitors()
        frames = 0
        for block in self._base.blocks():
            frames += block.shape[1]
            yield _through(monitors, block)
            self._progress(purpose, frames / self._sound.sample_rate_hz)
        for number, monitor in enumerate(monitors):
            yield _through(monitors[number + 1 :], monitor.finish())
        for link, monitor in zip(self._linked, monitors, strict=True):
            self.reports[link.place] = monitor.report(link.name, link.found)

    def _monitors(self) -> list[Monitor]:
        monitors: list[Monitor] = []
        for link in self._linked:
            before = monitors[-1].behind if monitors else None
            with self._naming(link.name):
                monitors.append(Monitor(link.treatment, self._sound, before=before))
        return monitors

    @contextmanager
    def _naming(self, stage: str) -> Iterator[None]:
        """Let an error say which sound and which stage it is about."""
        try:
            yield
        except AudioError as error:
            raise AudioError(f"{self._base.where}: {stage}: {error}") from error


def _through(monitors: Sequence[Monitor], block: Samples) -> Samples:
    for monitor in monitors:
        block = monitor.push(block)
    return block


def _no_progress(purpose: str, heard_s: float) -> None:
    """Tell nobody."""
