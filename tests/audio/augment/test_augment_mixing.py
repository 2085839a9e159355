"""Mixing follows the papers; A-weighting follows the standard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.audio.augment import between_class_mix, mixup, mixup_ratio
from kikimimi.audio.augment.a_weighting import SILENCE_DB, a_weighting_db, peak_level_db
from kikimimi.audio.augment.mixing import amplitude_share
from kikimimi.errors import AudioError, ConfigError

RATE_HZ = 44100

# IEC 61672-1, table 3: nominal frequencies of whole octaves, and their weights in dB.
A_WEIGHTS = {
    **{31.5: -39.4, 63: -26.2, 125: -16.1, 250: -8.6, 500: -3.2},
    **{1000: 0.0, 2000: 1.2, 4000: 1.0, 8000: -1.1, 16000: -6.6},
}


def tone(frequency_hz: float, amplitude: float = 1.0, count: int = RATE_HZ) -> np.ndarray:
    time_s = np.arange(count) / RATE_HZ
    return (amplitude * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


@pytest.mark.parametrize(("nominal_hz", "weight_db"), A_WEIGHTS.items())
def test_a_weighting_agrees_with_the_table_of_the_standard(nominal_hz, weight_db) -> None:
    exact_hz = 1000 * 10 ** (round(10 * np.log10(nominal_hz / 1000)) / 10)
    assert a_weighting_db(np.array([exact_hz]))[0] == pytest.approx(weight_db, abs=0.1)


@pytest.mark.parametrize(("nominal_hz", "weight_db"), list(A_WEIGHTS.items())[2:])
def test_the_level_of_a_tone_is_its_power_and_its_weight(nominal_hz, weight_db) -> None:
    level = peak_level_db(tone(nominal_hz, 0.5), RATE_HZ)
    assert level == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)) + weight_db, abs=0.5)


def test_the_level_is_that_of_the_loudest_moment() -> None:
    samples = tone(1000)
    samples[: -RATE_HZ // 4] = 0
    assert peak_level_db(samples, RATE_HZ) == pytest.approx(-3.01, abs=0.2)
    assert peak_level_db(np.zeros(100, np.float32), RATE_HZ) == SILENCE_DB
    assert peak_level_db(np.ones(1, np.float32), RATE_HZ) >= SILENCE_DB


@given(st.floats(-90, 20), st.floats(-90, 20), st.floats(0.001, 0.999))
def test_the_share_of_amplitude_is_equation_2(first_db, second_db, ratio) -> None:
    expected = 1 / (1 + 10 ** ((first_db - second_db) / 20) * (1 - ratio) / ratio)
    assert amplitude_share(first_db, second_db, ratio) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("ratio", [0.2, 0.5, 0.7])
def test_the_heard_levels_of_a_mix_are_as_the_ratio(ratio: float) -> None:
    loud, soft = tone(1000, 0.9), tone(4000, 0.01)
    mixed = between_class_mix(loud, soft, ratio, RATE_HZ)
    spectrum = np.abs(np.fft.rfft(mixed))  # 1 Hz a bin
    weights = 10 ** (a_weighting_db(np.array([1000.0, 4000.0])) / 20)
    heard = spectrum[[1000, 4000]] * weights
    assert heard[0] / heard[1] == pytest.approx(ratio / (1 - ratio), rel=0.02)


def test_a_mix_of_independent_sounds_of_one_level_keeps_the_level() -> None:
    generator = np.random.default_rng(0)
    first, second = (generator.standard_normal((2, RATE_HZ)) * 0.1).astype(np.float32)
    for ratio in (0.1, 0.5, 0.8):
        mixed = between_class_mix(first, second, ratio, RATE_HZ)
        assert mixed.dtype == np.float32
        assert np.std(mixed) == pytest.approx(0.1, rel=0.02)


def test_the_ends_of_the_ratio_are_the_sounds_themselves() -> None:
    first, second = tone(440, 0.3), tone(1500, 0.001)
    np.testing.assert_allclose(between_class_mix(first, second, 1.0, RATE_HZ), first, atol=1e-6)
    np.testing.assert_allclose(between_class_mix(first, second, 0.0, RATE_HZ), second, atol=1e-6)


def test_a_silent_partner_leaves_the_sound_audible() -> None:
    sound, silence = tone(440, 0.3), np.zeros(RATE_HZ, np.float32)
    for mixed in (
        between_class_mix(sound, silence, 0.5, RATE_HZ),
        between_class_mix(silence, sound, 0.5, RATE_HZ),
        between_class_mix(silence, silence, 0.5, RATE_HZ),
    ):
        assert np.isfinite(mixed).all()
    mixed = between_class_mix(sound, silence, 0.5, RATE_HZ)
    np.testing.assert_allclose(mixed, sound / np.sqrt(2), atol=1e-6)


def test_mixup_is_the_weighted_sum() -> None:
    targets = np.eye(3)
    np.testing.assert_allclose(mixup(targets[0], targets[2], 0.3), [0.3, 0, 0.7], atol=1e-7)
    assert mixup(targets, targets, 0.5).dtype == np.float32


def test_mixup_ratios_follow_the_beta_distribution() -> None:
    generator = np.random.default_rng(0)
    ratios = [mixup_ratio(generator, 0.4) for _ in range(4000)]
    assert np.mean(ratios) == pytest.approx(0.5, abs=0.03)
    assert np.var(ratios) == pytest.approx(1 / (4 * (2 * 0.4 + 1)), abs=0.01)
    assert mixup_ratio(generator, 0) == 1.0


def test_what_cannot_be_mixed_is_refused() -> None:
    long, short = np.ones(5, np.float32), np.ones(4, np.float32)
    with pytest.raises(AudioError, match=r"one length.*\(5,\) and \(4,\)"):
        between_class_mix(long, short, 0.5, RATE_HZ)
    with pytest.raises(AudioError, match="give one shape"):
        mixup(long, short, 0.5)
    for ratio in (-0.1, 1.1, float("nan")):
        with pytest.raises(ConfigError, match="not between 0 and 1"):
            mixup(long, long, ratio)
        with pytest.raises(ConfigError, match="not between 0 and 1"):
            between_class_mix(long, long, ratio, RATE_HZ)
    with pytest.raises(ConfigError, match="alpha -1"):
        mixup_ratio(np.random.default_rng(0), -1)
