"""Sound levels against the tables of IEC 61672-1:2013 and against analogue filters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from kikimimi.audio.measures.sound_level import (
    FLOOR_DB,
    SoundLevelMeter,
    a_weighting_sections,
    level_db,
)
from kikimimi.errors import AudioError

# IEC 61672-1:2013, table 3: exact base-ten frequencies, named by their nominal ones.
A_WEIGHTING_DB = dict(
    zip(
        (10 ** (0.1 * n) for n in range(10, 44)),
        (
            *(-70.4, -63.4, -56.7, -50.5, -44.7, -39.4, -34.6, -30.2, -26.2, -22.5, -19.1, -16.1),
            *(-13.4, -10.9, -8.6, -6.6, -4.8, -3.2, -1.9, -0.8, 0.0, 0.6, 1.0, 1.2, 1.3, 1.2),
            *(1.0, 0.5, -0.1, -1.1, -2.5, -4.3, -6.6, -9.3),
        ),
        strict=True,
    )
)


def response_db(rate_hz: int, frequencies) -> np.ndarray:
    _, response = signal.sosfreqz(a_weighting_sections(rate_hz), worN=frequencies, fs=rate_hz)
    return 20 * np.log10(np.abs(response))


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_a_weighting_follows_the_table_of_the_standard(rate_hz):
    frequencies = np.array(list(A_WEIGHTING_DB))
    off = response_db(rate_hz, frequencies) - np.array(list(A_WEIGHTING_DB.values()))
    # Class 1 allows 0.7 dB at 1 kHz at its narrowest, and more elsewhere; -16 dB at 16 kHz.
    assert np.abs(off[frequencies < 13_000]).max() < 0.7
    assert np.abs(off).max() < 1.3


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 32000])
def test_a_weighting_at_low_rates_follows_the_analogue_filter(rate_hz):
    poles = (
        -2 * np.pi * np.array([20.598997, 20.598997, 107.65265, 737.86223, 12194.217, 12194.217])
    )
    frequencies = np.geomspace(20, 0.4 * rate_hz, 60)
    _, analogue = signal.freqs_zpk([0] * 4, poles, 1.0, 2 * np.pi * frequencies)
    _, at_1k = signal.freqs_zpk([0] * 4, poles, 1.0, [2 * np.pi * 1000])
    expected = 20 * np.log10(np.abs(analogue) / np.abs(at_1k[0]))
    assert np.abs(response_db(rate_hz, frequencies) - expected).max() < 1.0


def tone(seconds: float, *, frequency_hz: float = 4000, rate_hz: int = 48000) -> np.ndarray:
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.sin(2 * np.pi * frequency_hz * time_s)[None].astype(np.float32)


def frames_of(samples: np.ndarray, rate_hz: int = 48000, hop_s: float = 0.1):
    meter = SoundLevelMeter(sample_rate_hz=rate_hz, channels=len(samples), hop_s=hop_s)
    return meter.push(samples)


def test_a_tone_of_1_khz_at_full_scale_is_3_db_under_full_scale():
    frames = frames_of(tone(3, frequency_hz=1000))
    assert level_db(frames.mean[5:]) == pytest.approx(-3.01, abs=0.02)
    assert level_db(frames.fast[-1:]) == pytest.approx(-3.01, abs=0.02)


# IEC 61672-1:2013, table 4: reference responses to bursts of 4 kHz, relative to the steady tone.
@pytest.mark.parametrize(
    ("burst_s", "fast_db", "slow_db"),
    [
        (1.0, 0.0, -2.0),
        (0.5, -0.1, -4.1),
        (0.2, -1.0, -7.4),
        (0.05, -4.8, -13.1),
        (0.01, -11.1, -20.0),
    ],
)
def test_bursts_give_the_reference_responses(burst_s, fast_db, slow_db):
    steady = level_db(frames_of(tone(2)).mean[-1:])
    padded = np.pad(tone(burst_s), ((0, 0), (4800, 48000)))
    frames = frames_of(padded)
    assert level_db(frames.fast.max()) - steady == pytest.approx(fast_db, abs=0.1)
    assert level_db(frames.slow.max()) - steady == pytest.approx(slow_db, abs=0.1)


def test_weightings_decay_as_the_standard_says():
    frames = frames_of(np.pad(tone(8), ((0, 0), (0, 3 * 48000))))
    fast, slow = level_db(frames.fast), level_db(frames.slow)
    assert (fast[85] - fast[95]) == pytest.approx(34.7, abs=0.3)  # dB a second, 5.8.2
    assert (slow[85] - slow[95]) == pytest.approx(4.34, abs=0.05)


def test_silence_has_a_level():
    frames = frames_of(np.zeros((2, 9600), np.float32))
    assert level_db(frames.fast).tolist() == [FLOOR_DB, FLOOR_DB]


def test_two_equal_channels_are_as_loud_as_one():
    one = tone(1, frequency_hz=500)
    assert frames_of(np.concatenate([one, one])).mean == pytest.approx(frames_of(one).mean)


@given(cuts=st.lists(st.integers(0, 9000), max_size=6))
def test_blocks_of_any_size_give_the_same_levels(cuts):
    samples = np.random.default_rng(1).normal(size=(1, 9000)).astype(np.float32)
    whole = frames_of(samples, 16000)
    meter = SoundLevelMeter(sample_rate_hz=16000, channels=1)
    parts = [meter.push(block) for block in np.split(samples, sorted(cuts), axis=1)]
    for name in ("fast", "slow", "mean"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_allclose(joined, getattr(whole, name), rtol=1e-9)


@pytest.mark.parametrize("wrong", [{"sample_rate_hz": 0}, {"channels": 0}, {"hop_s": 0.0}])
def test_impossible_meters_are_refused(wrong):
    with pytest.raises(AudioError):
        SoundLevelMeter(**{"sample_rate_hz": 48000, "channels": 1, **wrong})
