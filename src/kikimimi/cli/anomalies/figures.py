"""The figures of an evaluation as rows: one for each section, and the harmonic mean.

Axis: V test clips.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kikimimi.metrics.anomaly.intervals import Interval, figure_interval, score_interval
from kikimimi.metrics.anomaly.sections import (
    DecisionFigures,
    SectionFigures,
    SectionScores,
    decision_figures,
    section_figures,
)
from kikimimi.metrics.anomaly.summary import harmonic_mean, official_score
from kikimimi.tasks.anomaly.evaluation import SectionResult

FIGURE_NAMES = ("auc_source", "auc_target", "pauc")


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and half the width of its 95 % jackknife interval; None where a kind of clip occurs
    once, so that none can be left out."""

    value: float
    half_width: float | None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """What is known of a section.

    Attributes:
        machine: the machine type.
        section: its number.
        clips: how many test clips V there are.
        figures: by name, those of `FIGURE_NAMES` that there are; none where the truth is not told.
        decisions: of the threshold; None where the truth is not told.
    """

    machine: str
    section: str
    clips: int
    figures: dict[str, Measured]
    decisions: DecisionFigures | None


def section_row(result: SectionResult) -> FigureRow:
    """The figures of a section."""
    name, clips = result.name, len(result.clips)
    if not result.truth_is_known:
        return FigureRow(name.machine, name.section, clips, {}, None)
    scores = result.section_scores()
    figures = {each: _section_figure(scores, each) for each in FIGURE_NAMES}
    known = {each: figure for each, figure in figures.items() if figure is not None}
    decisions = decision_figures(scores.anomalous, scores.scores > result.threshold)
    return FigureRow(name.machine, name.section, clips, known, decisions)


def harmonic_means(results: Sequence[SectionResult]) -> dict[str, Measured]:
    """The harmonic mean of each figure over sections, and `score`, that of all of them: the
    official score. Empty if no truth is told."""
    sections = [each.section_scores() for each in results if each.truth_is_known]
    if not sections:
        return {}
    means = {"score": _mean(sections, official_score)}
    for name in FIGURE_NAMES:
        having = [each for each in sections if getattr(section_figures(each), name) is not None]
        if having:
            means[name] = _mean(having, _harmonic(name))
    return means


def measured_record(figures: dict[str, Measured]) -> dict[str, Any]:
    """Figures for programs: each value, and half the width of its interval as `..._pm`."""
    record: dict[str, Any] = {}
    for name in ("score", *FIGURE_NAMES):
        if name in figures:
            record |= {name: figures[name].value, f"{name}_pm": figures[name].half_width}
    return record


def measured_text(figure: Measured | None) -> str:
    """A figure in percent for people."""
    if figure is None:
        return "-"
    width = "" if figure.half_width is None else f" ± {100 * figure.half_width:.1f}"
    return f"{100 * figure.value:.1f}{width}"


def _section_figure(section: SectionScores, name: str) -> Measured | None:
    value = getattr(section_figures(section), name)
    if value is None:
        return None
    if not _can_leave_out(section):
        return Measured(value, None)
    return _measured(figure_interval(section, lambda figures: getattr(figures, name)))


def _mean(
    sections: Sequence[SectionScores], score: Callable[[Sequence[SectionFigures]], float]
) -> Measured:
    if all(map(_can_leave_out, sections)):
        return _measured(score_interval(sections, score=score))
    return Measured(score([section_figures(section) for section in sections]), None)


def _harmonic(name: str) -> Callable[[Sequence[SectionFigures]], float]:
    return lambda figures: harmonic_mean([getattr(each, name) for each in figures])


def _can_leave_out(section: SectionScores) -> bool:
    """Whether every kind of clip that there is occurs twice."""
    normal = ~section.anomalous
    counts = [section.anomalous.sum(), (normal & section.target).sum(),
              (normal & ~section.target).sum()]  # fmt: skip
    return 1 not in np.array(counts)


def _measured(interval: Interval) -> Measured:
    return Measured(interval.value, interval.half_width)
