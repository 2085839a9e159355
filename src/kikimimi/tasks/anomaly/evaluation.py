"""A machine of a data set: fitted on its training clips, its test clips scored, figures told.

One model is fitted for each machine type, on the training clips of all its sections, as the
baselines of DCASE task 2 do. Axis: V test clips.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.datasets.machine_records import MachineClip, MachineDataset, sections_of
from kikimimi.errors import DatasetError
from kikimimi.metrics.anomaly import score_files
from kikimimi.metrics.anomaly.score_files import SectionName
from kikimimi.metrics.anomaly.sections import SectionScores
from kikimimi.tasks.anomaly.detectors.base import BaseAnomalyDetector
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.fitting import Progress, fit_model
from kikimimi.tasks.anomaly.model import FittedModel


@dataclass(frozen=True, slots=True, eq=False)
class SectionResult:
    """What a model told of the V test clips of a section: `scores` (V,) and its `threshold`."""

    name: SectionName
    clips: tuple[MachineClip, ...]
    scores: tuple[float, ...]
    threshold: float

    @property
    def truth_is_known(self) -> bool:
        """Whether all clips are said to be normal or anomalous, and there are both."""
        return {clip.anomalous for clip in self.clips} == {True, False}

    def section_scores(self) -> SectionScores:
        """Scores and truth, for figures.

        Raises:
            DatasetError: the truth is not told, or of one kind only.
        """
        if not self.truth_is_known:
            raise DatasetError(
                f"{self.name.machine} section {self.name.section}: its test clips are not all said "
                "to be normal or anomalous, or all of one kind; give the ground truth"
            )
        return SectionScores(
            self.name.machine,
            self.name.section,
            scores=np.array(self.scores),
            anomalous=np.array([clip.anomalous for clip in self.clips], dtype=bool),
            target=np.array([clip.domain == "target" for clip in self.clips]),
        )


def fit_machine(
    dataset: MachineDataset,
    machine: str,
    *,
    features: AnomalyFeatures,
    detector: BaseAnomalyDetector,
    progress: Progress | None = None,
) -> FittedModel:
    """Fit a detector on the training clips of a machine type; their domains are told to it.

    Raises:
        ConfigError: there is no such machine type.
        DatasetError: there are no training clips.
        AudioError, AnomalyError, EncoderError: as `fit_model`.
    """
    clips = dataset.clips(machine, "train")
    if not clips:
        raise DatasetError(f"'{machine}' has no training clips; give a complete copy")
    return fit_model(
        [clip.path for clip in clips],
        features=features,
        detector=detector,
        domains=[int(clip.domain == "target") for clip in clips],
        progress=progress,
    )


def score_machine(
    dataset: MachineDataset,
    machine: str,
    model: FittedModel,
    *,
    progress: Progress | None = None,
) -> tuple[SectionResult, ...]:
    """Score the test clips of a machine type, section by section.

    Raises:
        ConfigError: there is no such machine type.
        DatasetError: there are no test clips.
        AudioError, AnomalyError: a clip cannot be scored.
    """
    clips = dataset.clips(machine, "test")
    if not clips:
        raise DatasetError(f"'{machine}' has no test clips; give a complete copy")
    scores: dict[Path, float] = {}
    for number, clip in enumerate(clips, start=1):
        scores[clip.path] = model.score_file(clip.path).score
        if progress is not None:
            progress(number, len(clips), clip.path)
    results = []
    for section in sections_of(clips):
        own = tuple(clip for clip in clips if clip.section == section)
        found = tuple(scores[clip.path] for clip in own)
        results.append(SectionResult(SectionName(machine, section), own, found, model.threshold))
    return tuple(results)


def write_results(
    folder: Path, results: Sequence[SectionResult], *, unit: str = "section"
) -> list[Path]:
    """Write the official score and decision file of every section; give their paths.

    Args:
        folder: it need not exist.
        results: of any machines.
        unit: "section", or "id" for the file names of 2020.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for result in results:
        names = [clip.path.name for clip in result.clips]
        scores = dict(zip(names, result.scores, strict=True))
        decisions = {name: score > result.threshold for name, score in scores.items()}
        kinds = (score_files.SCORES, score_files.DECISIONS)
        places = [
            folder / score_files.score_file_name(kind, result.name, unit=unit) for kind in kinds
        ]
        score_files.write_scores(places[0], scores)
        score_files.write_decisions(places[1], decisions)
        written += places
    return written
