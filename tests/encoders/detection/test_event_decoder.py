"""Events from scores that come in pieces are those from all scores at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kikimimi.encoders.detection.decoding import DecodingSettings, EventDecoder
from kikimimi.errors import EncoderError
from kikimimi.metrics.detection.decoding import Decoding, decode
from kikimimi.metrics.detection.scores import DetectionScores

HOP_S = 0.02
CLASSES = ("dog", "rain", "雨")


def settings_of(**changes) -> DecodingSettings:
    facts = {
        "thresholds": np.array([0.5, 0.3, 0.7], np.float32),
        "median_frames": np.array([1, 3, 7]),
    }
    return DecodingSettings(**(facts | changes))


def streamed(scores, cuts, settings, duration_s) -> list:
    decoder = EventDecoder(CLASSES, frame_hop_s=HOP_S, settings=settings)
    found = [event for part in np.split(scores, sorted(cuts)) for event in decoder.push(part)]
    found += decoder.finish(duration_s)
    return sorted(found, key=lambda e: (e.onset_s, e.offset_s, e.event_label))


@given(
    scores=arrays(
        np.float32,
        st.tuples(st.integers(1, 60), st.just(3)),
        elements=st.sampled_from(np.linspace(0, 1, 11).astype(np.float32).tolist()),
    ),
    cuts=st.lists(st.integers(0, 60), max_size=6),
    min_gap=st.integers(0, 4),
    min_duration=st.integers(0, 4),
)
def test_pieces_give_what_the_decoder_of_whole_arrays_gives(
    scores, cuts, min_gap, min_duration
) -> None:
    gap_s, length_s = min_gap * HOP_S, min_duration * HOP_S
    settings = settings_of(min_gap_s=gap_s, min_duration_s=length_s)
    cuts = [min(cut, len(scores)) for cut in cuts]
    found = streamed(scores, cuts, settings, len(scores) * HOP_S)
    boundaries = np.arange(len(scores) + 1) * HOP_S
    whole = decode(
        DetectionScores(scores, boundaries, CLASSES),
        Decoding(
            thresholds=settings.thresholds.tolist(),
            median_frames=settings.median_frames.tolist(),
            min_gap_s=gap_s,
            min_duration_s=length_s,
        ),
    )
    assert [event.event_label for event in found] == [event.event_label for event in whole]
    for event, other in zip(found, whole, strict=True):
        expected = (other.onset_s, other.offset_s, other.score)
        assert (event.onset_s, event.offset_s, event.score) == pytest.approx(expected, abs=1e-6)


def test_events_come_as_soon_as_they_are_over() -> None:
    decoder = EventDecoder(
        CLASSES, frame_hop_s=HOP_S, settings=settings_of(median_frames=np.ones(3, int))
    )
    loud, quiet = np.ones((5, 3), np.float32), np.zeros((1, 3), np.float32)
    assert list(decoder.push(loud)) == []
    assert {event.event_label for event in decoder.push(quiet)} == set(CLASSES)


def test_no_event_goes_on_beyond_the_sound() -> None:
    found = streamed(np.ones((5, 3), np.float32), [], settings_of(), 0.095)
    assert {event.offset_s for event in found} == {0.095}


@pytest.mark.parametrize(
    "change",
    [
        {"median_frames": np.array([1, 2, 3])},
        {"median_frames": np.array([1, 0, 3])},
        {"thresholds": np.array([0.5, np.nan, 0.5], np.float32)},
        {"min_gap_s": -1.0},
        {"min_duration_s": float("nan")},
    ],
)
def test_impossible_settings_are_refused(change) -> None:
    with pytest.raises(EncoderError):
        settings_of(**change)
