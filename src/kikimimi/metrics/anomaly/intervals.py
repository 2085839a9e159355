"""How far a figure may be trusted: jackknife intervals over test clips.

Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 11: with theta_i the figure
without clip i of n, the standard error is sqrt((n - 1) / n * sum_i (theta_i - mean theta)^2).
A figure that no clip changes, such as an AUC of exactly 1, gets a width of 0: that says nothing of
clips that were not recorded. Axis: V clips.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kikimimi.metrics.anomaly.sections import SectionFigures, SectionScores, section_figures
from kikimimi.metrics.anomaly.summary import official_score

_NORMAL_QUANTILE = 1.959963984540054
"""The two-sided 95 % point of the normal distribution."""

Figure = Callable[[SectionFigures], float]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure of all clips and half the width of its 95 % confidence interval."""

    value: float
    half_width: float

    @property
    def low(self) -> float:
        """The lower end; at least 0, where every figure ends."""
        return max(0.0, self.value - self.half_width)

    @property
    def high(self) -> float:
        """The upper end; at most 1."""
        return min(1.0, self.value + self.half_width)


def figure_interval(section: SectionScores, figure: Figure) -> Interval:
    """A figure of one section, for example `lambda figures: figures.pauc`.

    Raises:
        ValueError: a kind of clip occurs once, so that it cannot be left out.
    """
    return _interval(figure(section_figures(section)), _left_out(section, figure))


def score_interval(
    sections: Sequence[SectionScores],
    *,
    score: Callable[[Sequence[SectionFigures]], float] = official_score,
) -> Interval:
    """A score over many sections, by default the official one; every clip is left out in turn.

    Sections are separate samples, so the variances that their clips cause are added.

    Raises:
        ValueError: as `figure_interval`.
    """
    figures = [section_figures(section) for section in sections]
    variance = 0.0
    for number, section in enumerate(sections):

        def without(found: SectionFigures, number: int = number) -> float:
            return score([*figures[:number], found, *figures[number + 1 :]])

        variance += _variance(_left_out(section, without))
    return Interval(score(figures), _NORMAL_QUANTILE * variance**0.5)


def _left_out(section: SectionScores, figure: Figure) -> np.ndarray:
    """The figure without each clip in turn: (V,)."""
    clips = range(len(section.scores))
    return np.array([figure(section_figures(section.without(clip))) for clip in clips])


def _interval(value: float, left_out: np.ndarray) -> Interval:
    return Interval(value, _NORMAL_QUANTILE * _variance(left_out) ** 0.5)


def _variance(left_out: np.ndarray) -> float:
    count = len(left_out)
    return float((count - 1) / count * np.sum((left_out - left_out.mean()) ** 2))
