import itertools
import math

import numpy as np
import pytest
from scipy import signal

from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.errors import ConfigError
from kikimimi.types import Clip

RATE = 48000
BURSTS_S = ((0.6, 0.75), (1.4, 1.5), (2.2, 2.4))


def de_ess(samples, rate=RATE, **settings):
    stage = create_stage("de_esser", settings, where="test")
    cleaned, (report,) = clean_clip([Step(stage)], Clip(samples.astype(np.float32), rate))
    return cleaned.samples, report.figures


def band(samples, low_hz=5000, high_hz=10000):
    sections = signal.butter(4, (low_hz, high_hz), "bandpass", fs=RATE, output="sos")
    return signal.sosfiltfilt(sections, samples, axis=-1)


def level_db(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


def with_bursts(background, burst_db):
    """Bursts of 5.5 to 9.5 kHz, `burst_db` above the background as a whole."""
    rng = np.random.default_rng(5)
    bursts = np.zeros_like(background)
    for start_s, end_s in BURSTS_S:
        count = round((end_s - start_s) * RATE)
        burst = band(rng.normal(size=count), 5500, 9500) * signal.windows.tukey(count, 0.1)
        burst *= 10 ** ((level_db(background) - level_db(burst) + burst_db) / 20)
        bursts[..., round(start_s * RATE) :][..., :count] = burst
    return background + bursts, bursts


def inside(samples, margin_s=0.01):
    return np.concatenate(
        [
            samples[..., round((a + margin_s) * RATE) : round((b - margin_s) * RATE)]
            for a, b in BURSTS_S
        ],
        axis=-1,
    )


def outside(samples, margin_s=0.35):
    keep = np.ones(samples.shape[-1], bool)
    for start_s, end_s in BURSTS_S:
        keep[round((start_s - 0.01) * RATE) : round((end_s + margin_s) * RATE)] = False
    return samples[..., keep]


def pink(frames, seed=0):
    numerator = [0.049922035, -0.095993537, 0.050612699, -0.004408786]
    denominator = [1, -2.494956002, 2.017265875, -0.522189400]
    white = np.random.default_rng(seed).normal(size=frames)
    return 0.5 * signal.lfilter(numerator, denominator, white)


@pytest.mark.parametrize("gain_db", [-50, -20, 0])
@pytest.mark.parametrize("burst_db", [3, 10, 20])
def test_bursts_fall_and_the_rest_stays(gain_db, burst_db):
    background = pink(3 * RATE) * 10 ** (gain_db / 20)
    sound, _ = with_bursts(background, burst_db)
    treated, figures = de_ess(sound[None])
    assert level_db(inside(band(treated[0]))) <= level_db(inside(band(sound))) - 6
    assert level_db(outside(treated[0])) == pytest.approx(level_db(outside(sound)), abs=0.1)
    low, low_before = (band(samples, 100, 3500) for samples in (treated[0], sound))
    assert level_db(inside(low)) == pytest.approx(level_db(inside(low_before)), abs=0.5)
    assert figures["greatest_reduction_db"] <= 12 + 1e-9


def test_the_level_of_the_sound_does_not_matter():
    sound, _ = with_bursts(pink(3 * RATE), 10)
    loud = de_ess(sound[None])[0]
    quiet = de_ess(sound[None] * 2**-6)[0]
    np.testing.assert_allclose(quiet * 2**6, loud, atol=1e-5)


@pytest.mark.parametrize("kind", ["white", "pink", "tone"])
def test_steady_sounds_are_left_alone(kind):
    frames = 3 * RATE
    sound = {
        "white": 0.1 * np.random.default_rng(0).normal(size=frames),
        "pink": pink(frames),
        "tone": 0.3 * np.sin(2 * np.pi * 7000 * np.arange(frames) / RATE),
    }[kind]
    treated, _ = de_ess(sound[None])
    late = slice(2 * RATE, None)
    assert level_db(treated[0, late]) == pytest.approx(level_db(sound[late]), abs=0.1)


def test_a_de_esser_at_rest_changes_no_bit():
    low = (0.3 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE)[None]).astype(np.float32)
    low *= signal.windows.tukey(RATE, 0.5).astype(np.float32)
    treated, figures = de_ess(low)
    assert (treated == low).all()
    assert figures == {"greatest_reduction_db": 0.0}


def test_a_rate_without_the_band_passes():
    samples = np.random.default_rng(0).normal(size=(1, 5000)).astype(np.float32)
    assert (de_ess(samples, rate=8000)[0] == samples).all()


def test_real_sounds_without_sibilance_stay_as_loud(shared_data):
    clips = sorted((shared_data / "esc50").rglob("*-10.ogg"))[:3]  # rain
    for path in clips:
        clip = read_clip(path)
        treated, _ = de_ess(clip.samples, clip.sample_rate_hz)
        assert level_db(treated) == pytest.approx(level_db(clip.samples), abs=0.5)


def test_it_is_the_side_chain_that_the_description_says():
    """Everything in plain loops, in float64."""
    background = np.stack([pink(RATE, 1), 0.5 * pink(RATE, 2)])
    sound = background + with_bursts(np.zeros(3 * RATE) + pink(3 * RATE, 3), 6)[1][24000:72000]
    treated, _ = de_ess(sound)
    sound = sound.astype(np.float32).astype(np.float64)
    taps = signal.firwin(193, (5000, 10000), pass_zero="bandpass", fs=RATE)
    bands = np.stack([np.convolve(channel, taps, mode="same") for channel in sound])
    cells = [slice(start, start + 48) for start in range(0, RATE, 48)]
    powers = [
        [np.mean(np.square(samples[:, cell])) for cell in cells]
        for samples in (bands, sound - bands)
    ]
    reductions = []
    long_power = usual_db = None
    for n in range(len(cells)):
        band_db, rest_db = (
            10 * math.log10(max(math.fsum(row[max(0, n - 3) : n + 1]) / 4, 1e-10)) for row in powers
        )
        whole = powers[0][n] + powers[1][n]
        share = 1 - math.exp(-1 / 1000)
        long_power = whole if long_power is None else long_power + share * (whole - long_power)
        usual_db = band_db if usual_db is None else usual_db + share * (band_db - usual_db)
        threshold_db = max(10 * math.log10(long_power) - 12, rest_db - 6, usual_db + 4)
        reductions.append(min(7 / 8 * max(0, band_db - threshold_db), 12))
    held = [max(reductions[n : n + 7]) for n in range(len(cells))]
    held = [max(reductions[: n + 1]) for n in range(6)] + held  # the cells before the sound
    released = []
    for value in held:
        released.append(max(value, math.exp(-1 / 50) * released[-1] if released else 0))
    for width in (4, 4):
        padded = [0.0] * (width - 1) + released
        released = [sum(padded[n : n + width]) / width for n in range(len(released))]
    corners = [0.0, *released[6:]]
    steps = np.arange(1, 49) / 48
    gains_db = np.concatenate([a + (b - a) * steps for a, b in itertools.pairwise(corners)])
    expected = sound + (10 ** (-gains_db / 20) - 1) * bands
    assert max(reductions) > 3
    np.testing.assert_allclose(treated, expected, atol=2e-6)


def test_the_ends_of_the_band_must_be_in_order():
    with pytest.raises(ConfigError, match="low_hz must be under high_hz"):
        create_stage("de_esser", {"low_hz": 9000.0, "high_hz": 8000.0}, where="test")
