import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.contract import SoundFormat
from kikimimi.cleaning.envelopes import LookAhead
from kikimimi.cleaning.registry import create_stage
from kikimimi.types import Clip

RATE = 48000


def limit(samples, rate=RATE, **options):
    stage = create_stage("limiter", options, where="test")
    cleaned, (report,) = clean_clip([Step(stage)], Clip(samples.astype(np.float32), rate))
    return cleaned.samples, report.figures


def true_peak_db(samples, factor=16):
    """Of the sound sampled `factor` times as often by Fourier transform."""
    padded = np.pad(np.asarray(samples, np.float64), ((0, 0), (512, 512)))
    finer = signal.resample(padded, padded.shape[1] * factor, axis=1)
    return 20 * np.log10(np.abs(finer).max())


def noise(channels=2, frames=20_000, seed=0):
    """Noise up to 0.85 of half the rate: nothing can be said of peaks right under it."""
    sections = signal.butter(10, 0.85, output="sos")
    return signal.sosfilt(sections, np.random.default_rng(seed).normal(size=(channels, frames)))


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"ceiling_dbtp": -3.0, "lookahead_ms": 1.0, "release_ms": 5.0},
        {"ceiling_dbtp": 0.0, "lookahead_ms": 20.0, "release_ms": 500.0, "gain_db": 12.0},
    ],
)
def test_the_true_peak_is_never_over(rate, options):
    sound = noise(seed=rate)
    if rate >= 96000:  # what a recording holds at that rate
        sound = signal.sosfilt(signal.butter(10, 0.5, output="sos"), sound)
    limited, figures = limit(sound, rate, **options)
    ceiling_db = options.get("ceiling_dbtp", -1.0)
    assert ceiling_db - 0.4 < true_peak_db(limited) <= ceiling_db
    assert figures["greatest_reduction_db"] > 3


@given(st.integers(0, 10**6), st.floats(0.05, 10), st.floats(0.5, 30), st.floats(1, 500))
@settings(max_examples=25)
def test_no_clicks_are_over_either(seed, level, lookahead_ms, release_ms):
    rng = np.random.default_rng(seed)
    clicks = np.zeros((1, 6000))
    clicks[0, rng.integers(0, 6000, 12)] = level * rng.normal(size=12)
    sections = signal.butter(6, 0.8, output="sos")
    limited, _ = limit(
        signal.sosfilt(sections, clicks), lookahead_ms=lookahead_ms, release_ms=release_ms
    )
    assert true_peak_db(limited) <= -1


@pytest.mark.parametrize("phase", [0, np.pi / 4])
def test_peaks_between_the_samples_count(phase):
    """A sine at a quarter of the rate: its samples may all be at 0.707 of its peak."""
    tone = 1.2 * np.sin(np.pi / 2 * np.arange(9600) + phase)[None]
    tone *= signal.windows.tukey(9600, 0.2)
    limited, _ = limit(tone)
    assert -1.3 <= true_peak_db(limited) <= -1


def test_what_is_under_the_ceiling_stays_to_the_bit():
    quiet = (0.2 * noise() / np.abs(noise()).max()).astype(np.float32)
    limited, figures = limit(quiet)
    assert (limited == quiet).all()
    assert figures == {"greatest_reduction_db": 0.0}


def test_real_sounds_keep_under_the_ceiling(shared_data):
    for path in sorted((shared_data / "esc50").rglob("*.ogg"))[60::200]:
        clip = read_clip(path)
        limited, _ = limit(clip.samples[:, :100_000], clip.sample_rate_hz, gain_db=15.0)
        assert true_peak_db(limited) <= -1


def reference_envelope(reductions, frames, factor):
    """Hold, release, and two averages, value by value."""
    values = np.concatenate([np.zeros(frames), reductions])
    held = [values[n : n + frames + 1].max() for n in range(len(reductions))]
    released = []
    for value in held:
        released.append(max(value, factor * released[-1] if released else 0))
    for width in (frames // 2 + 1, frames - frames // 2 + 1):
        padded = [0.0] * (width - 1) + released
        released = [math.fsum(padded[n : n + width]) / width for n in range(len(released))]
    return np.array(released)


@given(
    st.lists(st.floats(0, 40), min_size=1, max_size=80),
    st.integers(1, 20),
    st.floats(0, 0.999),
    st.integers(0, 79),
)
def test_the_envelope_is_there_when_it_is_due(values, frames, factor, cut):
    reductions = np.array([*values, *[0.0] * frames])
    envelope = LookAhead(frames=frames, release_factor=factor)
    parts = [envelope.push(part) for part in np.split(reductions, [cut])]
    measured = np.concatenate(parts)
    np.testing.assert_allclose(measured, reference_envelope(reductions, frames, factor), atol=2e-7)
    assert (measured[frames:] >= np.array(values) - 1e-6).all()
    assert measured.max() <= max(values) + 1e-9


def test_an_empty_block_in_the_middle_of_a_loud_sound_changes_nothing():
    """As the stages before it give while they look ahead."""
    stage, loud = create_stage("limiter", where="test"), 3 * noise(frames=4000)
    made = []
    for cuts in ([], [2000, 2000, 3000, 3000]):
        limiter = stage.start(SoundFormat(RATE, len(loud)))
        blocks = [limiter.push(block.copy()) for block in np.split(loud, cuts, axis=1)]
        made.append(np.concatenate([*blocks, limiter.finish()], axis=1))
    np.testing.assert_allclose(made[0], made[1], atol=1e-9)
