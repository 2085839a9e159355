"""The pictures of a machine in a report: all scores, and where the clearest clips differ."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kikimimi.cli.anomalies.html_report import MachinePictures
from kikimimi.cli.anomalies.places import draw_places
from kikimimi.datasets.machine_records import MachineClip
from kikimimi.paths import display_path
from kikimimi.pictures.score_strips import ScoreStrip, draw_score_strips
from kikimimi.tasks.anomaly.evaluation import SectionResult
from kikimimi.tasks.anomaly.model import FittedModel

_UNKNOWN = "truth not told"
_KINDS = ("normal, source", "normal, target", "anomaly, source", "anomaly, target", _UNKNOWN)


def machine_pictures(
    machine: str, model: FittedModel, results: Sequence[SectionResult]
) -> MachinePictures:
    """Draw the scores of all sections, and the highest-scoring normal clip and anomaly.

    Raises:
        AudioError, AnomalyError: a clip cannot be read again.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "picture.png"
        _draw_strips(place, machine, model, results)
        pictures = [("Scores of all test clips", place.read_bytes())]
        for anomalous, caption in (
            (True, "The anomaly with the highest score"),
            (False, "The normal clip with the highest score"),
        ):
            clip = _highest(results, anomalous=anomalous)
            if clip is not None:
                name = display_path(clip.path.name)
                draw_places(place, model.score_file(clip.path), model, title=name)
                pictures.append((f"{caption}: {name}", place.read_bytes()))
    return MachinePictures(machine, model.identity, pictures)


def _draw_strips(
    path: Path, machine: str, model: FittedModel, results: Sequence[SectionResult]
) -> None:
    strips = [
        ScoreStrip(
            f"section {result.name.section}",
            np.array(result.scores),
            [_kind(clip) for clip in result.clips],
        )
        for result in results
    ]
    told = {kind for strip in strips for kind in strip.kinds}
    kinds = [kind for kind in _KINDS if kind in told]
    draw_score_strips(path, strips, kinds=kinds, threshold=model.threshold, title=machine)


def _kind(clip: MachineClip) -> str:
    if clip.anomalous is None:
        return _UNKNOWN
    return f"{'anomaly' if clip.anomalous else 'normal'}, {clip.domain}"


def _highest(results: Sequence[SectionResult], *, anomalous: bool) -> MachineClip | None:
    found = [
        (score, clip)
        for result in results
        for score, clip in zip(result.scores, result.clips, strict=True)
        if clip.anomalous is anomalous
    ]
    return max(found, key=lambda each: each[0])[1] if found else None
