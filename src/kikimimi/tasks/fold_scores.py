"""Figures of merit over the folds of a data set."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.files import draft_of


@dataclass(frozen=True, slots=True)
class FoldScore:
    """The figure of merit on the test clips of one fold, and its name."""

    fold: int
    value: float
    clips: int
    metric: str = "accuracy"


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and standard deviation (of a sample, n - 1) over folds; 0 for a single fold."""

    mean: float
    deviation: float
    folds: tuple[FoldScore, ...]

    @property
    def metric(self) -> str:
        """The name of the figure."""
        return self.folds[0].metric


def summary_of(scores: Sequence[FoldScore]) -> Summary:
    """Mean and deviation of one figure or more."""
    values = [score.value for score in scores]
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Summary(float(np.mean(values)), deviation, tuple(scores))


def summary_record(summary: Summary) -> dict[str, object]:
    """The summary as plain values."""
    return {
        summary.metric: summary.mean,
        "deviation": summary.deviation,
        "folds": {str(score.fold): score.value for score in summary.folds},
    }


def save_summary(summary: Summary, path: Path) -> None:
    """Write the summary as JSON."""
    with draft_of(path) as draft:
        draft.write_text(json.dumps(summary_record(summary), indent=2) + "\n", encoding="utf-8")
