import numpy as np
import pyloudnorm
import pytest
from scipy import signal

from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.types import Clip

RATE = 48000


def run(name, samples, rate=RATE, **settings):
    stage = create_stage(name, settings, where="test")
    cleaned, (report,) = clean_clip([Step(stage)], Clip(samples.astype(np.float32), rate))
    return cleaned.samples, report.figures


def loudness(samples, rate=RATE):
    """The class makes the filters of BS.1770 for any rate; the default one is off at 16 kHz."""
    return pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(
        samples.T.astype(np.float64)
    )


def true_peak_db(samples, factor=16):
    padded = np.pad(np.asarray(samples, np.float64), ((0, 0), (512, 512)))
    finer = signal.resample(padded, padded.shape[1] * factor, axis=1)
    return 20 * np.log10(np.abs(finer).max())


def sound(channels=2, crest=1.0, seconds=4, seed=0):
    """Noise that swells, with clicks that stand out `crest` times."""
    rng = np.random.default_rng(seed)
    frames = seconds * RATE
    swell = 0.02 + 0.05 * np.sin(np.arange(frames) / 30000) ** 2
    samples = rng.normal(size=(channels, frames)) * swell
    samples[:, ::5000] *= crest
    return signal.sosfilt(signal.butter(6, 0.8, output="sos"), samples)


@pytest.mark.parametrize("target", [-30.0, -23.0, -14.0])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("crest", [1.0, 8.0])
def test_the_loudness_is_on_target_and_the_true_peak_under_the_ceiling(target, channels, crest):
    normalised, figures = run(
        "loudness_normalisation",
        sound(channels, crest),
        target_lufs=target,
        most_limiting_db=30.0,
    )
    assert loudness(normalised) == pytest.approx(target, abs=0.1)
    assert figures["loudness_after_lufs"] == pytest.approx(target, abs=0.1)
    assert true_peak_db(normalised) <= -1


def test_without_a_need_to_limit_it_is_one_gain():
    before = sound()
    after, figures = run("loudness_normalisation", before, target_lufs=-40.0)
    gain = 10 ** (figures["gain_db"] / 20)
    np.testing.assert_allclose(after, gain * before, rtol=1e-5, atol=1e-8)
    assert figures["loudness_before_lufs"] == pytest.approx(loudness(before), abs=0.02)


def test_real_sounds_come_to_the_target(shared_data):
    for path in sorted((shared_data / "esc50").rglob("*.ogg"))[::500]:
        clip = read_clip(path)
        normalised, _ = run(
            "loudness_normalisation",
            clip.samples,
            clip.sample_rate_hz,
            target_lufs=-20.0,
            most_limiting_db=40.0,
        )
        assert loudness(normalised, clip.sample_rate_hz) == pytest.approx(-20, abs=0.1)
        assert true_peak_db(normalised) <= -1


def test_peaks_are_not_squashed_for_a_target_out_of_reach():
    click = np.zeros((1, RATE))
    click[0, 5000:5050] = 0.5 * np.hanning(50)
    normalised, figures = run("loudness_normalisation", click, most_limiting_db=6.0)
    assert figures["loudness_after_lufs"] < -30
    assert -1.4 <= true_peak_db(normalised) <= -1
    assert figures["greatest_reduction_db"] <= 6.3


def test_a_whisper_is_not_blown_up():
    whisper = 1e-5 * np.random.default_rng(0).normal(size=(1, RATE))
    _, figures = run("loudness_normalisation", 10 * whisper, most_gain_db=20.0)
    assert figures.get("gain_db", 0) <= 20


@pytest.mark.parametrize("name", ["loudness_normalisation", "peak_normalisation"])
def test_silence_has_neither(name):
    normalised, figures = run(name, np.zeros((2, 5000)))
    assert not normalised.any()
    assert "the sound is silent" in next(iter(figures.values()))


@pytest.mark.parametrize("peak_db", [-20.0, -1.0, 3.0])
def test_the_peak_is_where_it_is_wanted(peak_db):
    samples, figures = run("peak_normalisation", sound(), peak_db=peak_db)
    assert true_peak_db(samples) == pytest.approx(peak_db, abs=0.1)
    assert figures["peak_db"] + figures["gain_db"] == pytest.approx(peak_db)


def test_the_greatest_sample_may_count_alone():
    samples, _ = run("peak_normalisation", sound(), peak_db=-6.0, true_peak=False)
    assert 20 * np.log10(np.abs(samples).max()) == pytest.approx(-6, abs=1e-4)


def test_the_gain_has_a_limit():
    samples, figures = run("peak_normalisation", np.full((1, 100), 1e-4), most_gain_db=20.0)
    assert figures["gain_db"] == 20
    np.testing.assert_allclose(samples, 1e-3, rtol=1e-5)
