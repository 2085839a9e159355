"""Cleaning a recording into another file, and telling what it was before and after."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.sources import open_source
from kikimimi.audio.writing import stream_wav
from kikimimi.cleaning.analysis.analyser import SoundAnalyser, analyse_file
from kikimimi.cleaning.analysis.values import SoundAnalysis
from kikimimi.cleaning.chain import Step, run_chain
from kikimimi.cleaning.dither import Dither
from kikimimi.cleaning.levels import StageReport
from kikimimi.cleaning.sources import FileSource
from kikimimi.cleaning.suggestions.contract import Suggestion
from kikimimi.cleaning.suggestions.suggesting import adapted_steps, suggest, suggested_steps
from kikimimi.errors import AudioError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray, Recording

SUBTYPES = ("PCM_16", "PCM_24", "PCM_32", "FLOAT")
"""Kinds of samples that cleaned recordings are written in."""

_KEPT_SUBTYPES = {"FLOAT": "FLOAT", "DOUBLE": "FLOAT", "PCM_32": "PCM_32"}
_USUAL_SUBTYPE = "PCM_24"

Heard = Callable[[float], None]
"""Told how many seconds of the sound the present pass has heard."""


@dataclass(frozen=True, slots=True)
class Job:
    """A recording to clean.

    Attributes:
        source: the recording, which is only read.
        target: the WAV file to write; None to tell of the source only.
        steps: the chain; None for that of the suggestions.
        adapt: whether the stages of `steps` get the settings that are suggested for them.
        subtype: one of `SUBTYPES`; None for that of a source of 32 bits, otherwise PCM_24.
        replace: whether a file named `target` may be replaced.
    """

    source: Path
    target: Path | None
    steps: tuple[Step, ...] | None
    adapt: bool = False
    subtype: str | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """What became of a recording; `after` is None and `stages` empty where nothing was written."""

    job: Job
    before: SoundAnalysis
    suggestions: tuple[Suggestion, ...]
    after: SoundAnalysis | None = None
    stages: tuple[StageReport, ...] = ()


def clean_recording(job: Job, *, heard: Heard | None = None) -> Cleaned:
    """Analyse a recording, clean it into its target, and analyse what came out.

    The target appears whole or not at all, with the metadata chunks of the source. Other folders
    than that of the target are not written to.

    Raises:
        AudioError: the source cannot be decoded, a stage cannot treat it or leaves nothing of it,
            or the target is the source, exists already, or cannot be written.
        ConfigError: a suggested setting is impossible for the sound.
    """
    before = analyse_file(job.source)
    suggestions = tuple(suggest(before))
    if job.target is None:
        return Cleaned(job, before, suggestions)
    _check_target(job.source, job.target, replace=job.replace)
    steps = _chain(job, suggestions)
    after, stages = _write(job, job.target, steps, heard or _tell_nobody)
    return Cleaned(job, before, suggestions, after, tuple(stages))


def same_file(first: Path, second: Path) -> bool:
    """Whether two names lead to one file, by links too; a file that is not there is no other."""
    try:
        return first.samefile(second)
    except (OSError, ValueError):
        return os.path.realpath(first) == os.path.realpath(second)


def _check_target(source: Path, target: Path, *, replace: bool) -> None:
    if same_file(source, target):
        raise AudioError(
            f"{display_path(target)}: would be written over the recording itself, which is left as "
            "it is; choose another place"
        )
    if target.is_dir():
        raise AudioError(f"{display_path(target)}: is a folder; choose another place")
    if not replace and os.path.lexists(target):
        raise AudioError(
            f"{display_path(target)}: exists already; choose another place or give --overwrite"
        )


def _chain(job: Job, suggestions: tuple[Suggestion, ...]) -> list[Step]:
    if job.steps is None:
        return suggested_steps(suggestions)
    return adapted_steps(job.steps, suggestions) if job.adapt else list(job.steps)


def _write(
    job: Job, target: Path, steps: list[Step], heard: Heard
) -> tuple[SoundAnalysis, list[StageReport]]:
    with open_source(job.source) as source:
        recording = source.recording
    subtype = job.subtype or _KEPT_SUBTYPES.get(recording.subtype, _USUAL_SUBTYPE)
    analyser = SoundAnalyser(sample_rate_hz=recording.sample_rate_hz, channels=recording.channels)
    dither = Dither(subtype)
    with stream_wav(
        target,
        sample_rate_hz=recording.sample_rate_hz,
        channels=recording.channels,
        subtype=subtype,
        metadata_from=job.source,
        most_frames=recording.frames,
        replace=job.replace,
    ) as stream:
        written = 0

        def write(samples: FloatArray) -> None:
            nonlocal written
            written += samples.shape[1]
            samples = dither.push(samples)
            stream.write(samples)
            analyser.push(np.ascontiguousarray(samples.T))

        stages = run_chain(
            steps,
            FileSource(job.source),
            write,
            drafts_folder=target.absolute().parent,
            progress=lambda _, seconds: heard(seconds),
        )
        _check_something_is_left(recording, written)
    return analyser.result(), stages


def _check_something_is_left(recording: Recording, frames: int) -> None:
    if not frames:
        raise AudioError(
            f"{display_path(recording.path)}: the chain leaves nothing of it, so nothing was "
            "written; take silence_trim out or lower its threshold"
        )


def _tell_nobody(seconds: float) -> None:
    """Nobody listens."""
