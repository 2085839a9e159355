"""Many recordings at once, one of which takes its process down."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from kikimimi.audio.writing import write_wav
from kikimimi.cleaning.batch import clean_all
from kikimimi.cleaning.chain import Step
from kikimimi.cleaning.contract import Processor, SoundFormat, StreamingStage
from kikimimi.cleaning.recordings import Cleaned, Job
from kikimimi.errors import AudioError
from kikimimi.types import Clip


@dataclass(frozen=True)
class Deadly(StreamingStage):
    """Ends the process, as a crash in a native library would."""

    name: ClassVar[str] = "deadly"

    def start(self, sound: SoundFormat) -> Processor:
        os._exit(1)


def job(folder: Path, name: str, *steps: Step) -> Job:
    path = folder / f"{name}.wav"
    write_wav(path, Clip(np.full((1, 100), 0.1, np.float32), 16000))
    return Job(path, folder / "out" / path.name, steps)


def test_a_process_that_dies_takes_one_recording_with_it(tmp_path) -> None:
    (tmp_path / "out").mkdir()
    jobs = [job(tmp_path, "bad", Step(Deadly())), job(tmp_path, "good")]
    outcomes = dict(clean_all(jobs, workers=2))
    assert isinstance(outcomes[jobs[1]], Cleaned)
    died = outcomes[jobs[0]]
    assert isinstance(died, AudioError) and "bad.wav: the process" in str(died)
    assert [path.name for path in (tmp_path / "out").iterdir() if path.suffix == ".wav"] == [
        "good.wav"
    ]
