import numpy as np
import pytest
from scipy import signal

from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.errors import AudioError
from kikimimi.types import Clip

RATE = 48000


def run(name, samples, rate=RATE, **settings):
    stage = create_stage(name, settings, where="test")
    return clean_clip([Step(stage)], Clip(samples.astype(np.float32), rate))[0].samples


def response_db(name, frequencies_hz, **settings):
    """Gain of a filter at some frequencies, from its answer to an impulse."""
    impulse = np.zeros((1, 4 * RATE))
    impulse[0, 0] = 1
    answer = run(name, impulse, **settings)[0].astype(np.float64)
    _, response = signal.freqz(answer, worN=frequencies_hz, fs=RATE)
    return 20 * np.log10(np.abs(response))


@pytest.mark.parametrize("order", [1, 2, 4, 7])
@pytest.mark.parametrize(("name", "sign"), [("high_pass", 1), ("low_pass", -1)])
def test_the_response_is_that_of_a_butterworth_filter(name, sign, order):
    """|H|^2 = 1 / (1 + (w_c / w)^2n), w = tan(pi f / rate), for a high pass."""
    cutoff_hz = 700.0
    frequencies_hz = np.geomspace(200, 3000, 25)
    warped = np.tan(np.pi * cutoff_hz / RATE) / np.tan(np.pi * frequencies_hz / RATE)
    expected = -10 * np.log10(1 + warped ** (2 * order * sign))
    measured = response_db(name, frequencies_hz, cutoff_hz=cutoff_hz, order=order)
    np.testing.assert_allclose(measured, expected, atol=0.01)


@pytest.mark.parametrize("name", ["high_pass", "low_pass"])
def test_the_samples_are_those_of_scipy(name):
    samples = np.random.default_rng(0).normal(size=(3, 100_000))
    numerator, denominator = signal.butter(3, 2000, name.replace("_", ""), fs=RATE)
    expected = signal.lfilter(numerator, denominator, samples.astype(np.float32), axis=1)
    measured = run(name, samples, cutoff_hz=2000.0, order=3)
    np.testing.assert_allclose(measured, expected, atol=1e-5)


def test_a_low_pass_above_all_that_there_is_changes_nothing():
    samples = np.random.default_rng(0).normal(size=(1, 1000)).astype(np.float32)
    assert (run("low_pass", samples, rate=16000, cutoff_hz=8000.0) == samples).all()


def test_a_high_pass_that_leaves_nothing_is_refused():
    with pytest.raises(AudioError, match=r"the clip: high_pass: .*lower its cutoff_hz"):
        run("high_pass", np.ones((1, 10)), rate=1000, cutoff_hz=600.0)


def test_the_offset_goes_from_each_channel():
    samples = np.random.default_rng(0).normal(size=(2, 90_000))
    samples += np.array([[0.3], [-0.1]])
    cleaned = run("dc_removal", samples)
    expected = samples - samples.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(cleaned, expected, atol=1e-6)
    assert np.abs(cleaned.mean(axis=1, dtype=np.float64)).max() < 1e-7


def test_the_offset_is_told():
    clip = Clip(np.full((2, 100), -0.25, np.float32), RATE)
    _, (report,) = clean_clip([Step(create_stage("dc_removal", where="test"))], clip)
    assert report.figures == {"offset": -0.25}
