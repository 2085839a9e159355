"""Crops: their places, their sound, their padding."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kikimimi.audio.augment.crop import RandomCrop, evenly_spaced_crops, sounding_stretch
from kikimimi.errors import ConfigError


def crop_of(length: int, **settings) -> RandomCrop:
    return RandomCrop(sample_rate_hz=1000, duration_s=length / 1000, **settings)


def ramp(count: int) -> np.ndarray:
    """Samples that tell their own place, all of them loud."""
    return np.arange(1_000_000, 1_000_000 + count).astype(np.float32)


def test_a_crop_is_a_stretch_and_every_place_comes_up() -> None:
    samples, crop = ramp(60), crop_of(50)
    starts = set()
    generator = np.random.default_rng(0)
    for _ in range(400):
        found = crop(samples, generator)
        start = int(found[0]) - 1_000_000
        np.testing.assert_array_equal(found, samples[start : start + 50])
        starts.add(start)
    assert starts == set(range(11))


def test_places_of_a_long_clip_are_equally_likely() -> None:
    samples, crop = ramp(8000), crop_of(2000)
    generator = np.random.default_rng(1)
    starts = np.array([crop(samples, generator)[0] - 1_000_000 for _ in range(4000)])
    counts, _ = np.histogram(starts, bins=10, range=(0, 6001))
    assert starts.max() <= 6000
    assert np.all(np.abs(counts - 400) < 5 * np.sqrt(400))


def test_a_short_clip_gets_zeros_on_both_sides() -> None:
    samples, crop = ramp(30), crop_of(50)
    generator = np.random.default_rng(0)
    places = set()
    for _ in range(300):
        found = crop(samples, generator)
        (sounding,) = np.nonzero(found)
        np.testing.assert_array_equal(found[sounding], samples)
        places.add(int(sounding[0]))
    assert places == set(range(21))


@given(
    before=st.integers(0, 6000),
    sound=st.integers(1, 3000),
    after=st.integers(0, 6000),
    length=st.integers(1, 4000),
    seed=st.integers(0, 1000),
)
@example(before=0, sound=1, after=256, length=256, seed=0)
@example(before=257, sound=1, after=0, length=256, seed=1)
def test_a_crop_never_falls_into_digital_silence(before, sound, after, length, seed) -> None:
    samples = np.concatenate([np.zeros(before), np.full(sound, 0.1), np.zeros(after)])
    found = crop_of(length)(samples.astype(np.float32), np.random.default_rng(seed))
    assert found.shape == (length,)
    assert found.any() or length < 256  # very short crops may miss the sound of a block


def test_a_crop_holds_the_least_part_of_sound_that_is_asked() -> None:
    samples = np.zeros(20000, np.float32)
    samples[3000:9000] = 0.5
    crop = crop_of(4096, min_sound=0.5)
    generator = np.random.default_rng(0)
    least = min(np.count_nonzero(crop(samples, generator)) for _ in range(300))
    assert 2048 - 256 <= least < 2800


def test_room_tone_60_db_down_counts_as_silence_but_a_quiet_clip_does_not() -> None:
    samples = np.full(20000, 1e-6, np.float32)
    samples[:2000] = 0.5
    generator = np.random.default_rng(0)
    crop = crop_of(1000)
    assert all(crop(samples, generator).max() == 0.5 for _ in range(100))
    starts = {crop(samples[2000:], generator).tobytes() for _ in range(3)}
    assert len(starts) == 1


def test_overhang_reaches_over_both_ends() -> None:
    samples, crop = ramp(1000), crop_of(400, overhang=0.5, min_sound=0.0)
    generator = np.random.default_rng(0)
    found = [crop(samples, generator) for _ in range(500)]
    assert min(f[0] for f in found) == 0 == min(f[-1] for f in found)
    assert all(np.count_nonzero(f) >= 1 for f in found)


@pytest.mark.parametrize(
    ("count", "starts"), [(1, [30]), (2, [0, 60]), (3, [0, 30, 60]), (4, [0, 20, 40, 60])]
)
def test_crops_for_tests_are_evenly_spaced(count: int, starts: list[int]) -> None:
    found = evenly_spaced_crops(ramp(100), 40, count)
    assert found.shape == (count, 40)
    assert (found[:, 0] - 1_000_000).tolist() == starts


def test_crops_of_a_short_clip_have_it_in_the_middle() -> None:
    found = evenly_spaced_crops(np.ones(4, np.float32), 9, 3)
    assert found.tolist() == [[0, 0, 1, 1, 1, 1, 0, 0, 0]] * 3


def test_crops_with_overhang_begin_and_end_half_outside() -> None:
    found = evenly_spaced_crops(np.ones(100, np.float32), 40, 4, overhang=0.5)
    assert found.sum(axis=1).tolist() == [20, 40, 40, 20]


def test_crops_can_keep_to_the_stretch_that_sounds() -> None:
    samples = np.zeros(10000, np.float32)
    samples[1300:3000] = 0.3
    assert sounding_stretch(samples) == (1280, 3072)
    found = evenly_spaced_crops(samples, 512, 5, sound_only=True)
    assert all(np.count_nonzero(crop) > 400 for crop in found)
    assert sounding_stretch(np.zeros(77, np.float32)) == (0, 77)


@pytest.mark.parametrize(("length", "count"), [(0, 1), (5, 0)])
def test_crops_of_nothing_are_refused(length: int, count: int) -> None:
    with pytest.raises(ConfigError, match="give 1 or more"):
        evenly_spaced_crops(ramp(10), length, count)
