"""Hum that is added to real sounds and to noise, and taken out again."""

import numpy as np
import pytest
from scipy import signal

from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.stages.hum_removal import HumRemoval
from kikimimi.types import Clip

RATE_HZ = 16000


def hum(seconds: float, mains_hz: float, harmonics: int) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    lines = (np.sin(2 * np.pi * mains_hz * k * time_s + k) / k for k in range(1, harmonics + 1))
    return 0.1 * sum(lines)


def cleaned(stage: HumRemoval, *channels: np.ndarray) -> np.ndarray:
    clip = Clip(np.stack(channels).astype(np.float32), RATE_HZ)
    return clean_clip([Step(stage)], clip)[0].samples


def level_db(samples: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


@pytest.mark.parametrize("mains_hz", [49.93, 60.04])
def test_hum_under_a_real_sound_is_gone(shared_data, mains_hz) -> None:
    clip = read_clip(shared_data / "esc50" / "audio" / "5-194930-A-1.ogg")
    sound = clip.samples[0]
    noisy = sound + hum(5, mains_hz, 6)
    left, right = cleaned(HumRemoval(), noisy, sound)
    body = slice(RATE_HZ, None)  # at the beginning the notches ring, as the hum sets in at once
    assert level_db((left - right)[body]) < level_db(hum(5, mains_hz, 6)[body]) - 20
    assert level_db((right - sound)[body]) < level_db(sound[body]) - 25, "both get one treatment"


def test_other_sounds_are_left_to_the_last_bit() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(5 * RATE_HZ)
    short = hum(1, 50, 3)
    np.testing.assert_array_equal(cleaned(HumRemoval(), noise)[0], noise.astype(np.float32))
    np.testing.assert_array_equal(cleaned(HumRemoval(), short)[0], short.astype(np.float32))


def test_a_given_frequency_is_taken_out_as_another_program_does() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(RATE_HZ)
    expected = noise
    for hz in (100, 200):
        expected = signal.lfilter(*signal.iirnotch(hz, hz / 3, fs=RATE_HZ), expected)
    found = cleaned(HumRemoval(mains_hz=100, harmonics=2, width_hz=3), noise)[0]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_notches_above_half_the_rate_are_left_out() -> None:
    low = Clip(np.ones((1, 500), np.float32), 150)
    assert clean_clip([Step(HumRemoval(mains_hz=50))], low)[0].samples.shape == (1, 500)
