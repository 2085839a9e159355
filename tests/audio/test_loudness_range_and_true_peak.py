"""Loudness range and true peak of signals whose values the standards give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from kikimimi.audio.measures.loudness import LoudnessMeter
from kikimimi.audio.measures.true_peak import TruePeakMeter, interpolation_filter

RATE_HZ = 48000


def true_peak_db(samples: np.ndarray, rate_hz: int = RATE_HZ, *, pieces: int = 1) -> float:
    meter = TruePeakMeter(sample_rate_hz=rate_hz, channels=samples.shape[1])
    for piece in np.array_split(samples.astype(np.float32), pieces):
        meter.push(piece)
    return 20 * np.log10(meter.result())


@pytest.mark.parametrize(
    ("levels_dbfs", "expected"),
    [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)],
)
def test_range_of_the_test_signals_of_the_standard(levels_dbfs, expected) -> None:
    """EBU Tech 3342, table 1, cases 1 to 4: each level for 20 s, tolerance 1 LU."""
    rate_hz = 16000
    time_s = np.arange(20 * rate_hz) / rate_hz
    sine = np.sin(2 * np.pi * 1000 * time_s)
    samples = np.concatenate([10 ** (level / 20) * sine for level in levels_dbfs])
    meter = LoudnessMeter(sample_rate_hz=rate_hz, channels=2)
    for piece in np.array_split(np.stack([samples, samples], axis=1).astype(np.float32), 7):
        meter.push(piece)
    assert meter.loudness_range() == pytest.approx(expected, abs=0.2)


def test_no_range_of_silence_and_of_short_sounds() -> None:
    silent = LoudnessMeter(sample_rate_hz=8000, channels=1)
    silent.push(np.zeros((40000, 1), np.float32))
    short = LoudnessMeter(sample_rate_hz=8000, channels=1)
    short.push(np.full((23999, 1), 0.5, np.float32))
    assert silent.loudness_range() is None
    assert short.loudness_range() is None
    assert LoudnessMeter(sample_rate_hz=8000, channels=1).loudness_range() is None


@pytest.mark.parametrize("rate_hz", [16000, 44100, 48000, 96000])
def test_peak_between_the_samples_of_a_sine(rate_hz) -> None:
    """EBU Tech 3341, case 16: a quarter of the rate at 45 degrees peaks 3 dB over its samples."""
    phase = 2 * np.pi * 0.25 * np.arange(2000) + np.pi / 4
    samples = 0.5 * np.sin(phase)[:, None]
    assert 20 * np.log10(np.abs(samples).max()) == pytest.approx(-9.03, abs=0.01)
    # A sine that starts at once overshoots there; in the middle it does not.
    faded = samples * np.hanning(2000)[:, None]
    assert true_peak_db(faded, rate_hz) == pytest.approx(-6.02, abs=0.05)


def test_peak_agrees_with_another_resampler() -> None:
    noise = np.random.default_rng(0).standard_normal((4000, 1))
    low = signal.sosfiltfilt(signal.butter(8, 0.8, output="sos"), noise, axis=0) * 0.1
    finer = np.abs(signal.resample_poly(low, 32, 1, axis=0, window=("kaiser", 12.0))).max()
    assert true_peak_db(low) == pytest.approx(20 * np.log10(finer), abs=0.1)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000), st.integers(1, 9), st.integers(1, 3))
def test_blocks_do_not_matter_and_all_places_are_looked_at(seed, frames, pieces, channels) -> None:
    rng = np.random.default_rng(seed)
    samples = (rng.standard_normal((frames, channels)) * rng.random((frames, 1))).astype(np.float32)
    taps = interpolation_filter(8)
    padded = np.pad(samples.astype(np.float64), ((15, 16), (0, 0)))
    everywhere = max(
        np.abs(np.convolve(padded[:, channel], row[::-1], mode="valid")).max()
        for channel in range(channels)
        for row in taps
    )
    expected = 20 * np.log10(everywhere)
    assert true_peak_db(samples, pieces=min(pieces, frames)) == pytest.approx(expected, abs=1e-3)


def test_silence_and_nothing_have_no_peak() -> None:
    meter = TruePeakMeter(sample_rate_hz=RATE_HZ, channels=2)
    assert meter.result() == 0
    meter.push(np.zeros((10, 2), np.float32))
    assert meter.result() == 0
