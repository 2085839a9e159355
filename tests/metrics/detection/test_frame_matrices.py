import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.metrics.detection.frames import count_frames, frame_matrix, matrix_events
from kikimimi.types import Event

CLASSES = ("dog", "rain")
MATRICES = st.integers(1, 40).flatmap(
    lambda n: st.lists(st.tuples(st.booleans(), st.booleans()), min_size=n, max_size=n)
)


def active(events: list[Event], *, frames: int = 10, rounding: str = "overlap") -> list[int]:
    matrix = frame_matrix(events, CLASSES, frame_count=frames, hop_s=0.1, rounding=rounding)
    return np.flatnonzero(matrix[:, 0]).tolist()


@settings(max_examples=40)
@given(
    MATRICES, st.sampled_from([0.01, 0.02, 0.1, 0.256, 1.0]), st.sampled_from(["overlap", "centre"])
)
def test_a_matrix_comes_back_from_its_events(
    rows: list[tuple[bool, bool]], hop: float, rounding: str
) -> None:
    matrix = np.array(rows)
    events = matrix_events(matrix, CLASSES, hop_s=hop)
    back = frame_matrix(events, CLASSES, frame_count=len(matrix), hop_s=hop, rounding=rounding)
    assert (back == matrix).all()


def test_overlap_takes_every_frame_that_an_event_touches() -> None:
    assert active([Event(0.19, 0.31, "dog")]) == [1, 2, 3]
    assert active([Event(0.2, 0.3, "dog")]) == [2]
    assert active([Event(0.55, 0.56, "dog")]) == [5]


def test_times_on_the_grid_are_on_it_in_spite_of_rounding() -> None:
    """0.3 / 0.1 is 2.9999999999999996 in floating point."""
    assert active([Event(0.3, 0.6, "dog")]) == [3, 4, 5]


def test_centre_takes_frames_by_their_middle_and_loses_no_event() -> None:
    assert active([Event(0.19, 0.36, "dog")], rounding="centre") == [2, 3]
    assert active([Event(0.56, 0.59, "dog")], rounding="centre") == [5]
    assert active([Event(0.5, 0.501, "dog")], rounding="centre") == [5]


def test_overlapping_unsorted_events_of_a_class_are_joined_and_the_end_is_cut() -> None:
    events = [Event(0.7, 5.0, "dog"), Event(0.1, 0.4, "dog"), Event(0.2, 0.3, "dog")]
    assert active(events) == [1, 2, 3, 7, 8, 9]
    assert active([Event(3.0, 4.0, "dog")]) == []
    assert active([]) == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Event(0.5, 0.2, "dog"), "must end after it begins"),
        (Event(0.5, 0.5, "dog"), "must end after it begins"),
        (Event(-0.1, 0.5, "dog"), "begins before the recording"),
        (Event(float("nan"), 0.5, "dog"), "times must be finite"),
        (Event(0.0, float("inf"), "dog"), "times must be finite"),
        (Event(0.0, 1.0, "dgo"), "did you mean 'dog'"),
    ],
)
def test_events_that_make_no_sense_are_refused(event: Event, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        active([event])


def test_matrices_and_classes_must_fit() -> None:
    with pytest.raises(ValueError, match="named twice"):
        frame_matrix([], ("dog", "dog"), frame_count=3, hop_s=0.1)
    with pytest.raises(ValueError, match="no classes"):
        frame_matrix([], (), frame_count=3, hop_s=0.1)
    with pytest.raises(ValueError, match="positive number of seconds"):
        frame_matrix([], CLASSES, frame_count=3, hop_s=0)
    with pytest.raises(ValueError, match="2 columns"):
        matrix_events(np.zeros((3, 2), dtype=bool), ("dog",), hop_s=0.1)
    with pytest.raises(ValueError, match=r"\(N, K\)"):
        matrix_events(np.zeros(3, dtype=bool), CLASSES, hop_s=0.1)


def test_frames_of_a_duration() -> None:
    assert count_frames(10.0, 0.02) == 500
    assert count_frames(0.3, 0.1) == 3
    assert count_frames(10.001, 0.02) == 501
    assert count_frames(0, 0.02) == 0
    with pytest.raises(ValueError, match="0 or more"):
        count_frames(float("nan"), 0.02)
