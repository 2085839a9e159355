"""Counts of a comparison, and the figures that follow from them.

Precision, recall and F of a class are those of Mesaros, Heittola & Virtanen ("Metrics for
Polyphonic Sound Event Detection", Applied Sciences 2016, section 3), as sed_eval gives them with
`empty_system_output_handling="zero_score"`. What has no value is NaN: for a class without
reference, every figure but the precision.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class: how often it stands in the reference, was found rightly, and was found wrongly."""

    event_label: str
    reference_count: int
    true_positives: int
    false_positives: int

    @property
    def false_negatives(self) -> int:
        """Parts of the reference that were not found."""
        return self.reference_count - self.true_positives

    @property
    def precision(self) -> float:
        """TP / (TP + FP), 0 if nothing was found."""
        return self.true_positives / self._found if self._found else 0.0

    @property
    def recall(self) -> float:
        """TP / reference."""
        return _share(self.true_positives, self.reference_count, self.reference_count)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _share(
            2 * self.true_positives, self.reference_count, self._found + self.reference_count
        )

    @property
    def error_rate(self) -> float:
        """(FN + FP) / reference."""
        return _share(
            self.false_negatives + self.false_positives,
            self.reference_count,
            self.reference_count,
        )

    @property
    def _found(self) -> int:
        return self.true_positives + self.false_positives


@dataclass(frozen=True, slots=True)
class ClassAverages:
    """Figures of each class and their averages."""

    classes: tuple[ClassFigures, ...]

    @property
    def micro(self) -> ClassFigures:
        """The counts of all classes together."""
        return ClassFigures(
            "micro",
            sum(each.reference_count for each in self.classes),
            sum(each.true_positives for each in self.classes),
            sum(each.false_positives for each in self.classes),
        )

    @property
    def micro_f1(self) -> float:
        """F of the counts of all classes together (instance-based average)."""
        return self.micro.f1

    @property
    def macro_f1(self) -> float:
        """Mean F of the classes that the reference has (class-based average)."""
        return mean_of_known([each.f1 for each in self.classes])

    @property
    def classes_without_reference(self) -> tuple[str, ...]:
        """Classes that no recording has, and that no mean counts."""
        return tuple(each.event_label for each in self.classes if not each.reference_count)


@dataclass(frozen=True, slots=True)
class DetectionFigures(ClassAverages):
    """A comparison over all classes and recordings.

    `substitutions`, `deletions` and `insertions` are those of the error rate: a wrong class at the
    right time is one substitution, not a miss and a false alarm.
    """

    substitutions: int
    deletions: int
    insertions: int

    @property
    def error_rate(self) -> float:
        """(S + D + I) / reference; may be above 1."""
        errors = self.substitutions + self.deletions + self.insertions
        count = self.micro.reference_count
        return _share(errors, count, count)

    @property
    def macro_error_rate(self) -> float:
        """Mean error rate of the classes that the reference has; it knows no substitutions."""
        return mean_of_known([each.error_rate for each in self.classes])


def mean_of_known(values: Sequence[float]) -> float:
    """Mean of the values that are not NaN, NaN if there are none."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def _share(part: float, reference_count: int, whole: float) -> float:
    if not reference_count:
        return math.nan
    return part / whole if whole else 0.0
