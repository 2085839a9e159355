import math

import pytest

from kikimimi.metrics.detection.intersection_based import Criteria, intersection_based_figures
from kikimimi.metrics.detection.segment_based import segment_based_figures
from kikimimi.types import Event

CLASSES = ("dog", "rain")
REFERENCE = {"a": [Event(0.5, 2.5, "dog")], "b": []}


def test_an_event_makes_every_segment_active_that_it_touches() -> None:
    found = segment_based_figures(REFERENCE, {"a": [Event(1.9, 3.1, "dog")]}, CLASSES)
    assert found.micro.reference_count == 3
    assert (found.micro.true_positives, found.micro.false_positives) == (2, 1)
    assert (found.substitutions, found.deletions, found.insertions) == (0, 1, 1)


def test_the_length_of_a_recording_cuts_off_what_lies_behind() -> None:
    found = segment_based_figures(
        REFERENCE,
        {"a": [Event(1.9, 30, "dog")]},
        CLASSES,
        durations_s={"a": 3, "b": 3},
    )
    assert found.micro.false_positives == 0
    with pytest.raises(ValueError, match="'b' has no duration"):
        segment_based_figures(REFERENCE, {}, CLASSES, durations_s={"a": 3})


def test_nothing_in_the_reference_leaves_figures_without_value() -> None:
    found = segment_based_figures({"a": []}, {"a": [Event(0, 1, "dog")]}, CLASSES)
    assert math.isnan(found.micro_f1) and math.isnan(found.error_rate)
    assert found.insertions == 1


@pytest.mark.parametrize("segment_s", [0, -1, float("nan"), float("inf")])
def test_a_segment_has_a_length(segment_s: float) -> None:
    with pytest.raises(ValueError, match="positive number of seconds"):
        segment_based_figures(REFERENCE, {}, CLASSES, segment_s=segment_s)


def intersect(estimated: list[Event], **shares: float):
    return intersection_based_figures(
        {"a": [Event(0, 10, "dog"), Event(20, 30, "rain")]},
        {"a": estimated},
        CLASSES,
        criteria=Criteria(**shares),
    )


def test_pieces_of_an_event_find_it_together() -> None:
    pieces = [Event(0, 3, "dog"), Event(4, 7, "dog")]
    assert intersect(pieces, gtc=0.6).classes[0].true_positives == 1
    assert intersect(pieces, gtc=0.7).classes[0].true_positives == 0
    assert intersect(pieces).classes[0].false_positives == 0


def test_a_detection_that_is_mostly_something_else_is_a_cross_trigger() -> None:
    found = intersect([Event(8, 24, "dog")], dtc=0.5, cttc=0.25)
    assert found.classes[0].false_positives == 1
    assert found.cross_triggers == ((0, 1), (0, 0))
    assert intersect([Event(8, 24, "dog")], cttc=0.3).cross_triggers == ((0, 0), (0, 0))


def test_overlapping_detections_of_a_class_are_one() -> None:
    found = intersect([Event(5, 9, "dog"), Event(0, 5, "dog"), Event(2, 3, "dog")])
    assert found.classes[0].true_positives == 1
    assert found.classes[0].false_positives == 0


@pytest.mark.parametrize("name", ["dtc", "gtc", "cttc"])
def test_shares_lie_between_nothing_and_all(name: str) -> None:
    for value in (0, 1.1, float("nan")):
        with pytest.raises(ValueError, match=f"{name} is a share"):
            Criteria(**{name: value})
