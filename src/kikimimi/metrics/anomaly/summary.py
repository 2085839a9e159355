"""Figures of many machines in one.

From 2021 on the official score of DCASE task 2 is the harmonic mean over machines, sections and
domains of AUC and partial AUC; in 2020 it was the arithmetic mean.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kikimimi.metrics.anomaly.ranking import DCASE_MAX_FPR
from kikimimi.metrics.anomaly.sections import SectionFigures, SectionScores, section_figures

Mean = Callable[[Sequence[float]], float]

_LEAST = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class MeanFigures:
    """Means over sections; those of a domain are None where no section has it."""

    auc: float
    auc_source: float | None
    auc_target: float | None
    pauc: float


def harmonic_mean(values: Sequence[float]) -> float:
    """The harmonic mean of values >= 0; a value of 0 counts as the smallest step above it.

    Raises:
        ValueError: there are no values, or one is negative.
    """
    array = _checked(values)
    return float(len(array) / np.sum(1 / np.maximum(array, _LEAST)))


def arithmetic_mean(values: Sequence[float]) -> float:
    """The plain mean. Raises as `harmonic_mean`."""
    return float(_checked(values).mean())


def official_score(figures: Iterable[SectionFigures], *, mean: Mean = harmonic_mean) -> float:
    """Omega: the mean of the AUCs of each domain and the partial AUCs of all sections.

    Args:
        figures: of every section of every machine.
        mean: `harmonic_mean`, or `arithmetic_mean` for comparisons with 2020.

    Raises:
        ValueError: there are no sections.
    """
    return mean([value for each in figures for value in (*each.domain_aucs, each.pauc)])


def mean_figures(figures: Sequence[SectionFigures], *, mean: Mean = harmonic_mean) -> MeanFigures:
    """Each figure for itself, over sections; `auc` is the mean over sections **and domains**.

    Raises:
        ValueError: there are no sections.
    """
    sources = [each.auc_source for each in figures if each.auc_source is not None]
    targets = [each.auc_target for each in figures if each.auc_target is not None]
    return MeanFigures(
        auc=mean([value for each in figures for value in each.domain_aucs]),
        auc_source=mean(sources) if sources else None,
        auc_target=mean(targets) if targets else None,
        pauc=mean([each.pauc for each in figures]),
    )


def score_of_sections(
    sections: Iterable[SectionScores],
    *,
    mean: Mean = harmonic_mean,
    max_fpr: float = DCASE_MAX_FPR,
) -> float:
    """`official_score` straight from scores."""
    return official_score([section_figures(s, max_fpr=max_fpr) for s in sections], mean=mean)


def _checked(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if not array.size or not (array >= 0).all():
        raise ValueError(f"a mean needs one or more values >= 0, but got {array.tolist()}")
    return array
