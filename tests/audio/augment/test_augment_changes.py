"""Each change does to a sound what its name says, measured independently."""

import numpy as np
import pytest
from scipy import signal

from kikimimi.audio.augment.equaliser import RandomEqualiser, RandomTilt
from kikimimi.audio.augment.level import RandomGain, RandomPolarity, SegmentGain
from kikimimi.audio.augment.noise import SPECTRAL_SLOPES, AddNoise, coloured_noise
from kikimimi.audio.augment.speed import RandomSpeed, change_speed
from kikimimi.audio.augment.stretch import RandomStretch, stretch
from kikimimi.audio.augment.time import RandomRoll, TimeMask
from kikimimi.audio.reading import read_clip

RATE_HZ = 16000


def tone(frequency_hz: float, count: int = RATE_HZ) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * np.arange(count) / RATE_HZ).astype(np.float32)


def pitch_hz(samples: np.ndarray) -> float:
    middle = samples[len(samples) // 8 : -len(samples) // 8]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 18))
    return float(spectrum.argmax() * RATE_HZ / (1 << 18))


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def test_gain_stays_in_its_range_and_fills_it() -> None:
    generator = np.random.default_rng(0)
    gain = RandomGain(low_db=-12, high_db=3)
    gains = [gain(np.ones(1, np.float32), generator)[0] for _ in range(500)]
    levels_db = 20 * np.log10(gains)
    assert -12.01 < levels_db.min() < -11.5
    assert 2.5 < levels_db.max() < 3.01


def test_polarity_turns_about_half_of_the_clips() -> None:
    generator = np.random.default_rng(0)
    signs = [RandomPolarity()(np.ones(1, np.float32), generator)[0] for _ in range(1000)]
    assert set(signs) == {-1.0, 1.0}
    assert abs(np.mean(signs)) < 0.1


def test_segment_gain_changes_one_stretch_by_one_factor() -> None:
    samples = np.ones(1000, np.float32)
    for seed in range(20):
        changed = SegmentGain(low_db=-12, high_db=-6)(samples, np.random.default_rng(seed))
        (places,) = np.nonzero(changed != 1)
        assert len(set(changed[places])) <= 1
        assert len(places) == 0 or places[-1] - places[0] + 1 == len(places)


@pytest.mark.parametrize("colour", SPECTRAL_SLOPES)
def test_noise_has_the_slope_of_its_colour(colour: str) -> None:
    noise = coloured_noise(np.random.default_rng(3), 1 << 17, colour)
    assert rms(noise) == pytest.approx(1, abs=1e-4)
    frequency_hz, density = signal.welch(noise, RATE_HZ, nperseg=4096)
    band = (frequency_hz > 100) & (frequency_hz < 7000)
    slope, _ = np.polyfit(np.log(frequency_hz[band]), np.log(density[band]), 1)
    assert slope == pytest.approx(SPECTRAL_SLOPES[colour], abs=0.1)


def test_noise_is_added_at_the_ratio_asked() -> None:
    samples = tone(500)
    for seed in range(10):
        noisy = AddNoise(low_snr_db=12, high_snr_db=12)(samples, np.random.default_rng(seed))
        ratio_db = 20 * np.log10(rms(samples) / rms(noisy - samples))
        assert ratio_db == pytest.approx(12, abs=0.01)


def test_roll_is_circular_and_within_its_share() -> None:
    samples = np.arange(1, 101, dtype=np.float32)
    shifts = set()
    for seed in range(200):
        rolled = RandomRoll(max_share=0.1)(samples, np.random.default_rng(seed))
        shift = int(np.argmin(rolled))
        np.testing.assert_array_equal(np.roll(rolled, -shift), samples)
        shifts.add((shift + 50) % 100 - 50)
    assert shifts == set(range(-10, 11))


def test_time_masks_are_no_longer_than_said() -> None:
    mask = TimeMask(sample_rate_hz=1000, max_s=0.05)
    gaps = [
        1000 - np.count_nonzero(mask(np.ones(1000, np.float32), np.random.default_rng(seed)))
        for seed in range(300)
    ]
    assert 45 <= max(gaps) <= 50
    many = TimeMask(sample_rate_hz=1000, max_s=99, count=5)
    assert many(np.ones(1000, np.float32), np.random.default_rng(0)).any()


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.0371, 1.25, 2.0])
def test_speed_moves_duration_and_pitch_together(speed: float) -> None:
    changed = change_speed(tone(700), speed)
    assert changed.size == round(RATE_HZ / speed)
    assert pitch_hz(changed) == pytest.approx(700 * speed, rel=1e-3)
    assert rms(changed[200:-200]) == pytest.approx(np.sqrt(0.5), rel=0.02)


def test_faster_play_folds_nothing_back() -> None:
    changed = change_speed(tone(7000), 1.5)  # 10.5 kHz is over half the rate
    assert rms(changed[500:-500]) < 0.01


@pytest.mark.parametrize("rate", [0.6, 0.8, 1.0, 1.1, 1.25, 1.7])
@pytest.mark.parametrize("frequency_hz", [110.0, 440.0, 3000.0])
def test_stretch_keeps_pitch_and_level(rate: float, frequency_hz: float) -> None:
    changed = stretch(tone(frequency_hz), rate, hop=320)
    assert changed.size == round(RATE_HZ / rate)
    assert pitch_hz(changed) == pytest.approx(frequency_hz, rel=2e-3)
    middle = changed[1000:-1000]
    assert rms(middle) == pytest.approx(np.sqrt(0.5), rel=0.03)


def test_a_stretch_of_rate_one_changes_nothing() -> None:
    samples = np.random.default_rng(0).standard_normal(5000).astype(np.float32)
    np.testing.assert_allclose(stretch(samples, 1.0, hop=100), samples, atol=1e-5)


@pytest.mark.parametrize("rate", [0.8, 1.25])
def test_a_stretched_recording_keeps_its_spectrum(shared_data, rate: float) -> None:
    path = shared_data / "esc50/audio/1-100038-A-14.ogg"  # chirping birds
    samples = read_clip(path, sample_rate_hz=RATE_HZ, mono=True).samples[0]
    changed = stretch(samples, rate, hop=320)
    before_db, after_db = (
        10 * np.log10(signal.welch(x, RATE_HZ, nperseg=256)[1]) for x in (samples, changed)
    )
    assert np.abs(after_db - before_db).mean() < 1.0


def test_ranges_of_speed_and_stretch_are_symmetric_in_ratio() -> None:
    generator = np.random.default_rng(0)
    samples = np.ones(1000, np.float32)
    for transform in (RandomSpeed(0.5, 2.0), RandomStretch(1000, 0.5, 2.0)):
        ratios = [1000 / transform(samples, generator).size for _ in range(400)]
        assert 0.49 < min(ratios) < 0.55
        assert 1.8 < max(ratios) < 2.01
        assert abs(np.mean(np.log2(ratios))) < 0.1


def response_db(transform, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Gain in dB at frequencies in Hz, from the response to an impulse in mid-clip."""
    impulse = np.zeros(RATE_HZ, np.float32)
    impulse[RATE_HZ // 2] = 1
    changed = transform(impulse, np.random.default_rng(seed))
    gain = np.abs(np.fft.rfft(changed))
    return np.fft.rfftfreq(RATE_HZ, 1 / RATE_HZ), 20 * np.log10(gain)


@pytest.mark.parametrize("seed", range(5))
def test_equaliser_stays_within_its_decibels(seed: int) -> None:
    frequency_hz, gain_db = response_db(RandomEqualiser(RATE_HZ, max_db=6), seed)
    heard = frequency_hz > 60
    assert np.abs(gain_db[heard]).max() < 6.3
    assert np.ptp(gain_db[heard]) > 2


@pytest.mark.parametrize("seed", range(5))
def test_tilt_is_a_line_over_octaves_through_1_khz(seed: int) -> None:
    frequency_hz, gain_db = response_db(RandomTilt(RATE_HZ, max_db_per_octave=3), seed)
    heard = (frequency_hz > 200) & (frequency_hz < 7500)
    octaves = np.log2(frequency_hz[heard] / 1000)
    slope, level = np.polyfit(octaves, gain_db[heard], 1)
    assert abs(slope) <= 3
    assert abs(level) < 0.1
    assert np.abs(gain_db[heard] - slope * octaves - level).max() < 0.2
