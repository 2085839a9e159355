"""Sensors of events and anomalies: what slides along hears what is there, where it is."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.encoders.detection.contract import Detector, DetectorCard
from kikimimi.errors import AnomalyError, ListeningError
from kikimimi.listening.contract import SoundFormat
from kikimimi.listening.sensors.anomalies import AnomalySensor
from kikimimi.listening.sensors.events import EventSensor, SlidingWindows

RATE_HZ = 100


class Neighbours(Detector):
    """The score of a frame is the mean of it, the one before and the two behind it."""

    card = DetectorCard(
        name="neighbours",
        title="",
        paper="",
        licence="",
        training_data="",
        classes=("Siren", "Knock"),
        sample_rate_hz=RATE_HZ,
        frame_hop_s=0.1,
        window_s=1.0,
    )

    def load(self):
        return self

    @property
    def weights_digest(self) -> str:
        return ""

    def _score_frames(self, samples):
        count = -(-samples.shape[1] // 10)
        padded = np.pad(samples, ((0, 0), (0, count * 10 - samples.shape[1])))
        frames = np.pad(padded.reshape(len(samples), count, 10).mean(axis=2), ((0, 0), (1, 2)))
        scores = sum(frames[:, shift : shift + count] for shift in range(4)) / 4
        return np.stack([scores, 1 - scores], axis=2).astype(np.float32)


WINDOWS = SlidingWindows(context_s=0.5, lookahead_s=0.2, step_s=0.2)


@given(frames=st.integers(1, 40), cuts=st.lists(st.integers(0, 400), max_size=6))
def test_sliding_windows_give_the_scores_of_the_whole(frames, cuts):
    samples = np.random.default_rng(frames).uniform(0, 1, frames * 10).astype(np.float32)
    detector = Neighbours()
    sensor = EventSensor(detector, WINDOWS)
    sensor.start(SoundFormat(RATE_HZ, 1))
    found = []
    for block in np.split(samples, sorted(min(cut, len(samples)) for cut in cuts)):
        found += sensor.push(block[None], block)
    found += sensor.finish()
    expected = detector.score_frames(samples[None]).scores[0]
    np.testing.assert_allclose(np.concatenate([s.values for s in found]), expected, atol=1e-6)
    for before, after in pairwise(found):
        assert after.start_s == pytest.approx(before.end_s)


def test_a_frame_is_decided_as_soon_as_what_it_looks_ahead_to_is_there():
    sensor = EventSensor(Neighbours(), WINDOWS)
    sensor.start(SoundFormat(RATE_HZ, 1))
    block = np.zeros(10, np.float32)
    decided = [sum(len(s.values) for s in sensor.push(block[None], block)) for _ in range(8)]
    assert decided == [0, 0, 0, 2, 0, 2, 0, 2]


def test_it_holds_no_more_than_its_window():
    sensor = EventSensor(Neighbours(), WINDOWS)
    sensor.start(SoundFormat(RATE_HZ, 1))
    block = np.zeros(170, np.float32)
    for _ in range(50):
        list(sensor.push(block[None], block))
    assert len(sensor._held) <= 100


@pytest.mark.parametrize("wrong", [{"step_s": 0.0}, {"context_s": 0.5}, {"lookahead_s": -1.0}])
def test_impossible_windows_are_refused(wrong):
    with pytest.raises(ListeningError):
        SlidingWindows(**wrong)


class Mean:
    """A model for which loud is unusual, and zeros are no sound."""

    sample_rate_hz = RATE_HZ
    clip_s = 2.0
    threshold = 0.5

    def score_clips(self, samples):
        assert samples.shape == (1, 200)
        if not samples.any():
            raise AnomalyError("silent")
        return SimpleNamespace(scores=samples.mean(axis=1))


def test_an_anomaly_is_scored_each_step_once_a_window_is_there():
    sensor = AnomalySensor(Mean(), name="fan", step_s=1.0)
    sensor.start(SoundFormat(RATE_HZ, 1))
    samples = np.repeat(np.array([0.0, 0.0, 1.0, 1.0], np.float32), 100)
    found = [s for part in np.split(samples, 8) for s in sensor.push(part[None], part)]
    assert [(s.start_s, float(s.values[0, 0])) for s in found] == [
        (1.0, -np.inf),
        (2.0, 0.5),
        (3.0, 1.0),
    ]
    assert sensor.labels == ("fan",) and sensor.thresholds == [0.5]
