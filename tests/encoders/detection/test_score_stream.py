"""Scores of long sounds: the same however they are read, without seams, in bounded memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_detectors import ToyDetector

from kikimimi.encoders.detection.contract import DetectorCard
from kikimimi.encoders.detection.streaming import ScoreStream, score_sound
from kikimimi.errors import EncoderError


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(count).uniform(0, 1, count).astype(np.float32)


def streamed(detector, samples, cuts, **options) -> np.ndarray:
    stream = ScoreStream(detector, **options)
    parts = [part for block in np.split(samples, sorted(cuts)) for part in stream.push(block)]
    return np.concatenate([*parts, *stream.finish()])


@given(
    count=st.integers(1, 9000),
    cuts=st.lists(st.integers(0, 9000), max_size=6),
    overlap=st.integers(0, 4),
)
def test_scores_do_not_depend_on_the_blocks(count, cuts, overlap) -> None:
    detector, samples = ToyDetector(drift=0.01), noise(count)
    options = {"overlap_s": overlap * detector.card.frame_hop_s}
    whole = streamed(detector, samples, [], **options)
    pieces = streamed(detector, samples, [min(cut, count) for cut in cuts], **options)
    assert np.array_equal(whole, pieces)
    assert len(whole) == -(-count // detector.card.frame_samples)


@given(count=st.integers(1, 9000), overlap=st.integers(0, 4))
def test_scores_of_a_detector_without_context_are_those_of_the_whole_sound(count, overlap) -> None:
    detector, samples = ToyDetector(), noise(count)
    found = streamed(detector, samples, [], overlap_s=overlap * detector.card.frame_hop_s)
    whole = detector.score_frames(samples[None]).scores[0]
    np.testing.assert_allclose(found, whole, atol=1e-6)


def test_windows_fade_into_each_other() -> None:
    detector = ToyDetector(("hum",), drift=0.1)
    silence = np.zeros(100 * 100, np.float32)
    hard = streamed(detector, silence, [], overlap_s=0)[:, 0]
    soft = streamed(detector, silence, [], overlap_s=4 * detector.card.frame_hop_s)[:, 0]
    assert np.abs(np.diff(soft)).max() < np.abs(np.diff(hard)).max() / 2


def test_no_more_than_a_window_is_heard_at_once() -> None:
    detector = ToyDetector()
    score_sound(detector, noise(50_000))
    assert detector.longest == detector.card.window_frames * detector.card.frame_samples


def test_the_end_is_not_heard_without_what_comes_before_it() -> None:
    """A last window is longer than the overlap, so that it has context of its own."""
    detector = ToyDetector(window=8)
    heard = []
    score = detector._score_frames
    detector._score_frames = lambda samples: (heard.append(samples.shape[1]), score(samples))[1]
    streamed(detector, noise(8 * 100 + 50), [], overlap_s=2 * detector.card.frame_hop_s)
    assert heard == [800, 250]


@pytest.mark.parametrize("overlap_s", [-0.01, 0.2])
def test_impossible_overlap_is_refused(overlap_s) -> None:
    with pytest.raises(EncoderError, match="overlap"):
        ScoreStream(ToyDetector(), overlap_s=overlap_s)


def test_samples_in_memory_are_checked() -> None:
    with pytest.raises(EncoderError, match="shape"):
        score_sound(ToyDetector(), np.zeros((2, 800), np.float32))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"frame_hop_s": 0.01001}, "whole numbers"),
        ({"window_s": 0.105}, "whole numbers"),
        ({"classes": ("hum", "hum")}, "named once"),
        ({"classes": ()}, "one or more"),
    ],
)
def test_impossible_cards_are_refused(change, told) -> None:
    facts = {"classes": ("hum",), "sample_rate_hz": 8000, "frame_hop_s": 0.01, "window_s": 0.1}
    texts = dict.fromkeys(("name", "title", "paper", "licence", "training_data"), "toy")
    with pytest.raises(EncoderError, match=told):
        DetectorCard(**texts, **(facts | change))
