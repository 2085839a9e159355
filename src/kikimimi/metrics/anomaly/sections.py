"""The figures of one section of a machine, as DCASE task 2 defines them from 2022 on.

The AUC of a domain is that of the domain's normal clips against **all** anomalies of the section,
from whichever domain; the partial AUC is that of all normal clips against all anomalies (Harada et
al., "First-shot anomaly sound detection for machine condition monitoring", EUSIPCO 2023). Decisions
are counted within each domain. Axis: V clips.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kikimimi.metrics.anomaly.ranking import DCASE_MAX_FPR, auc, partial_auc


@dataclass(frozen=True, slots=True, eq=False)
class SectionScores:
    """Scores of the test clips of one section (2020: machine id) of a machine.

    Attributes:
        machine: name of the machine type.
        section: "00", "01" and so on.
        scores: (V,) finite, the higher the more anomalous.
        anomalous: (V,) bool, the truth.
        target: (V,) bool, whether a clip is of the target domain; all False where there are no
            domains, as in 2020.

    Raises:
        ValueError: lengths differ, a score is not finite, or one of the two kinds is missing.
    """

    machine: str
    section: str
    scores: NDArray[np.float64]
    anomalous: NDArray[np.bool_]
    target: NDArray[np.bool_]

    def __post_init__(self) -> None:
        scores = np.asarray(self.scores, dtype=np.float64)
        anomalous = np.asarray(self.anomalous, dtype=bool)
        target = np.asarray(self.target, dtype=bool)
        where = f"{self.machine} section {self.section}"
        if scores.ndim != 1 or not scores.shape == anomalous.shape == target.shape:
            raise ValueError(
                f"{where}: {scores.shape} scores, {anomalous.shape} truths and {target.shape} "
                "domains; give one of each for every clip"
            )
        if not np.isfinite(scores).all():
            raise ValueError(f"{where}: a score is NaN or infinite")
        if anomalous.all() or not anomalous.any():
            raise ValueError(f"{where}: test clips must be of both kinds, normal and anomalous")
        for name, value in (("scores", scores), ("anomalous", anomalous), ("target", target)):
            object.__setattr__(self, name, value)

    def without(self, clip: int) -> "SectionScores":
        """The same section without one clip. Raises as the constructor."""
        rest = np.arange(len(self.scores)) != clip
        kept = (self.scores[rest], self.anomalous[rest], self.target[rest])
        return SectionScores(self.machine, self.section, *kept)


@dataclass(frozen=True, slots=True)
class SectionFigures:
    """`auc` over both domains; `auc_source` or `auc_target` is None without such normal clips."""

    machine: str
    section: str
    auc: float
    auc_source: float | None
    auc_target: float | None
    pauc: float

    @property
    def domain_aucs(self) -> tuple[float, ...]:
        """AUC of source and target, those that there are."""
        return tuple(each for each in (self.auc_source, self.auc_target) if each is not None)


@dataclass(frozen=True, slots=True)
class DecisionFigures:
    """Decisions of one domain; precision is 0 where nothing was called anomalous."""

    precision: float
    recall: float
    f1: float


def section_figures(section: SectionScores, *, max_fpr: float = DCASE_MAX_FPR) -> SectionFigures:
    """AUC by domain and partial AUC of a section."""
    normal, anomalies = ~section.anomalous, section.scores[section.anomalous]

    def against_all(clips: NDArray[np.bool_]) -> float | None:
        return auc(section.scores[clips], anomalies) if clips.any() else None

    every = section.scores[normal]
    return SectionFigures(
        machine=section.machine,
        section=section.section,
        auc=auc(every, anomalies),
        auc_source=against_all(normal & ~section.target),
        auc_target=against_all(normal & section.target),
        pauc=partial_auc(every, anomalies, max_fpr=max_fpr),
    )


def decision_figures(anomalous: ArrayLike, decisions: ArrayLike) -> DecisionFigures:
    """Precision, recall and F1 of the decisions for clips, of one domain or of all.

    Args:
        anomalous: (V,) the truth.
        decisions: (V,) whether each clip was called anomalous.

    Raises:
        ValueError: lengths differ, or there is no anomaly.
    """
    truth, called = np.asarray(anomalous, dtype=bool), np.asarray(decisions, dtype=bool)
    if truth.ndim != 1 or truth.shape != called.shape:
        raise ValueError(f"{truth.shape} truths, but {called.shape} decisions")
    if not truth.any():
        raise ValueError("there is no anomaly, so there is no recall")
    hits = int((truth & called).sum())
    precision = hits / int(called.sum()) if called.any() else 0.0
    recall = hits / int(truth.sum())
    f1 = 2 * hits / int(truth.sum() + called.sum())
    return DecisionFigures(precision, recall, f1)
