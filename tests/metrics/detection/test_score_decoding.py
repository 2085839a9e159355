import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.metrics.detection.decoding import Decoding, decode, decode_all, median_filter
from kikimimi.metrics.detection.frames import frame_matrix
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.types import Event

CLASSES = ("dog", "rain")


def one_class(values: list[float], *, hop_s: float = 0.1) -> DetectionScores:
    return DetectionScores.on_grid(np.array(values)[:, None], ("dog",), hop_s=hop_s)


def spans(values: list[float], **settings: float) -> list[tuple[float, float]]:
    events = decode(one_class(values), Decoding(**settings))
    return [(round(each.onset_s, 6), round(each.offset_s, 6)) for each in events]


def test_runs_above_the_threshold_are_events_with_their_highest_score() -> None:
    events = decode(one_class([0.1, 0.6, 0.9, 0.5, 0.7]))
    assert events == (Event(0.1, 0.3, "dog", 0.9), Event(0.4, 0.5, "dog", 0.7))


def test_a_score_equal_to_the_threshold_is_not_active() -> None:
    assert spans([0.5, 0.5]) == []
    assert spans([0.0, 0.0], thresholds=0.0) == []


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 50), st.floats(0, 1))
def test_events_cover_exactly_the_active_frames(seed: int, frames: int, threshold: float) -> None:
    values = np.random.default_rng(seed).random((frames, 2))
    scores = DetectionScores.on_grid(values, CLASSES, hop_s=0.02)
    events = decode(scores, Decoding(thresholds=threshold))
    matrix = frame_matrix(events, CLASSES, frame_count=frames, hop_s=0.02)
    assert (matrix == (values > threshold)).all()
    assert list(events) == sorted(events, key=lambda e: (e.onset_s, e.offset_s, e.event_label))


def test_thresholds_and_filters_by_class() -> None:
    scores = DetectionScores.on_grid(
        np.array([[0.9, 0.9], [0.1, 0.1], [0.9, 0.9]]), CLASSES, hop_s=0.1
    )
    decoding = Decoding(thresholds={"rain": 0.95, "dog": 0.5}, median_frames=[3, 1])
    assert decode(scores, decoding) == (Event(0.0, 0.3, "dog", 0.9),)
    filtered = median_filter(scores, [3, 1])
    assert (filtered.scores[:, 0] == 0.9).all()
    assert (filtered.scores[:, 1] == scores.scores[:, 1]).all()


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 30), st.sampled_from([1, 3, 7, 31]))
def test_filtering_and_a_threshold_may_be_swapped(seed: int, frames: int, length: int) -> None:
    """A running median of odd length commutes with a threshold."""
    values = np.random.default_rng(seed).random((frames, 2))
    scores = DetectionScores.on_grid(values, CLASSES, hop_s=0.02)
    binary = scores.with_scores((values > 0.5).astype(float))
    after = median_filter(binary, length).scores > 0.5
    assert ((median_filter(scores, length).scores > 0.5) == after).all()


def test_hysteresis_keeps_an_event_going() -> None:
    values = [0.4, 0.9, 0.4, 0.1, 0.4, 0.4]
    assert spans(values) == [(0.1, 0.2)]
    assert spans(values, low_thresholds=0.3) == [(0.0, 0.3)]
    with pytest.raises(ValueError, match="low threshold of 'dog' is above"):
        spans(values, low_thresholds=0.7)


def test_gaps_are_closed_before_short_events_are_dropped() -> None:
    values = [0.9, 0.1, 0.9, 0.1, 0.1, 0.9]
    assert spans(values, min_gap_s=0.15) == [(0.0, 0.3), (0.5, 0.6)]
    assert spans(values, min_gap_s=0.1) == [(0.0, 0.1), (0.2, 0.3), (0.5, 0.6)]
    assert spans(values, min_gap_s=0.15, min_duration_s=0.3) == [(0.0, 0.3)]


def test_no_frames_and_one_frame() -> None:
    none = DetectionScores(np.zeros((0, 2)), np.zeros(1), CLASSES)
    assert decode(none, Decoding(median_frames=7)) == ()
    assert spans([0.9], median_frames=7) == [(0.0, 0.1)]
    files = {"a.wav": one_class([0.9]), "b.wav": one_class([0.1])}
    assert decode_all(files) == {"a.wav": (Event(0.0, 0.1, "dog", 0.9),), "b.wav": ()}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"median_frames": 4}, "odd number of frames, not 4"),
        ({"median_frames": 0}, "odd number"),
        ({"median_frames": 2.5}, "odd number"),
        ({"thresholds": [0.1, 0.2]}, "2 values of the threshold for 1 classes"),
        ({"thresholds": {"rain": 0.1}}, "no threshold for 'dog'"),
        ({"thresholds": float("nan")}, "threshold of 'dog' is NaN"),
        ({"min_gap_s": -1.0}, "a gap is 0 or more"),
    ],
)
def test_settings_without_sense_are_refused(settings: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        spans([0.9, 0.1], **settings)


@pytest.mark.parametrize(
    ("values", "timestamps", "reason"),
    [
        (np.zeros((2, 1)), np.zeros(3), "must increase"),
        (np.zeros((2, 1)), np.arange(2.0), "2 frames have 3 boundaries"),
        (np.zeros((2, 2)), np.arange(3.0), "for 1 classes"),
        (np.array([[0.0], [np.nan]]), np.arange(3.0), "'dog' in frame 1 is NaN"),
        (np.zeros((2, 1)), np.array([0, 1, np.inf]), "must increase"),
    ],
)
def test_scores_that_do_not_fit_are_refused(values, timestamps, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        DetectionScores(values, timestamps, ("dog",))
