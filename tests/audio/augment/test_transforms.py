"""What every transform of waveforms keeps, whatever its name."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.augment import Chain, Step, chain_from_recipe, transform_names
from kikimimi.audio.augment.chain import create_transform
from kikimimi.audio.augment.transform import Transform
from kikimimi.errors import AudioError, ConfigError

RATE_HZ = 8000
SETTINGS = {"crop": {"duration_s": 0.05}}
LENGTHS = {
    "crop": lambda count: (400, 400),
    "speed": lambda count: (max(1, round(count / 1.25)), round(count / 0.8)),
    "stretch": lambda count: (max(1, round(count / 1.25)), round(count / 0.8)),
}
NAMES = transform_names()


def transform_of(name: str) -> Transform:
    return create_transform(name, SETTINGS.get(name, {}), sample_rate_hz=RATE_HZ)


def waveform(seed: int, count: int, level: float = 0.3) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(count)
    return (level * noise).astype(np.float32)


def test_the_transforms_that_the_recipes_name() -> None:
    assert (
        *("crop", "equaliser", "gain", "noise", "polarity", "roll", "segment_gain"),
        *("speed", "stretch", "tilt", "time_mask"),
    ) == NAMES


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 1500),
    seed=st.integers(0, 2**32 - 1),
    level=st.sampled_from([0.0, 1e-30, 0.3, 1e4]),
)
def test_samples_stay_finite_float32_and_of_the_promised_length(name, count, seed, level) -> None:
    samples = waveform(seed, count, level)
    before = samples.copy()
    changed = transform_of(name)(samples, np.random.default_rng(seed))
    shortest, longest = LENGTHS.get(name, lambda count: (count, count))(count)
    assert changed.dtype == np.float32
    assert changed.ndim == 1
    assert shortest <= changed.size <= longest
    assert np.isfinite(changed).all()
    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_decides_everything(name: str) -> None:
    samples = waveform(1, 4000)
    transform = transform_of(name)
    first, again, other = (transform(samples, np.random.default_rng(s)) for s in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    if name != "polarity":
        assert first.size != other.size or not np.array_equal(first, other)


@pytest.mark.parametrize("name", NAMES)
def test_digital_silence_stays_silent(name: str) -> None:
    silence = np.zeros(3000, np.float32)
    assert not transform_of(name)(silence, np.random.default_rng(0)).any()


def test_a_chain_is_its_steps_in_order() -> None:
    recipe = {"speed": None, "crop": {"duration_s": 0.1}, "gain": {"low_db": -3.0}}
    samples = waveform(2, 4000)
    expected, generator = samples, np.random.default_rng(9)
    for name, given_settings in recipe.items():
        generator.random()
        step = create_transform(name, given_settings or {}, sample_rate_hz=RATE_HZ)
        expected = step(expected, generator)
    chain = chain_from_recipe(recipe, sample_rate_hz=RATE_HZ)
    found = chain(samples, np.random.default_rng(9))
    np.testing.assert_array_equal(found, expected)
    assert found.shape == (800,)


def test_steps_happen_as_often_as_their_probability_says() -> None:
    recipe = {"gain": {"low_db": 20.0, "high_db": 20.0, "probability": 0.3}}
    chain = chain_from_recipe(recipe, sample_rate_hz=RATE_HZ)
    generator = np.random.default_rng(0)
    one = np.ones(1, np.float32)
    happened = [chain(one, generator)[0] > 1 for _ in range(2000)]
    assert abs(np.mean(happened) - 0.3) < 0.04
    never = Chain((Step(chain.steps[0].transform, 0.0),))
    assert never(one, generator) is one


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"gian": {}}, r"^augment: there is no 'gian'; did you mean 'gain'\?$"),
        ({"xyz": {}}, "there is no 'xyz'; known: crop, roll"),
        ({"gain": {"lo_db": 1.0}}, "gain: unknown key 'lo_db'; did you mean 'low_db'"),
        ({"gain": {"low_db": "loud"}}, "gain: low_db must be float, but is 'loud'"),
        ({"gain": {"low_db": 9}}, "gain from 9.0 to 6.0 is no range"),
        ({"gain": {"low_db": float("nan")}}, "gain from nan to 6.0 is no range"),
        ({"gain": {"probability": 1.5}}, "gain: probability 1.5 is not between 0 and 1"),
        ({"gain": {"probability": "often"}}, "probability must be a number"),
        ({"gain": [1]}, "settings are a mapping"),
        ({"crop": {}}, "crop: .*duration_s.*name it in the recipe"),
        ({"crop": {"duration_s": 0}}, "less than one sample"),
        ({"crop": {"duration_s": float("inf")}}, "is no range"),
        ({"crop": {"duration_s": 1, "min_sound": 2.0}}, "min_sound 2.0 is not in 0 to 1"),
        ({"crop": {"duration_s": 1, "overhang": 1.0}}, "overhang 1.0 is not"),
        ({"noise": {"colours": ["pnik"]}}, "there is no colour 'pnik'; did you mean 'pink'"),
        ({"noise": {"colours": []}}, "colours is empty"),
        ({"noise": {"colours": "pink"}}, "colours must be tuple, but is 'pink'"),
        ({"time_mask": {"count": True}}, "count must be int, but is True"),
        ({"time_mask": {"count": 0}}, "count 0 is less than 1"),
        ({"speed": {"slowest": 0.0}}, "speed from 0.0 to 1.25 is no range"),
        ({"stretch": {"hop_s": 0.0}}, "hop_s"),
        ({"roll": {"max_share": -1}}, "max_share -1.0 is not in 0 to 1"),
        ({"equaliser": {"bands": 1}}, "bands 1 is less than 2"),
        ({"tilt": {"max_db_per_octave": 99.0}}, "tilt: max_db_per_octave"),
    ],
)
def test_a_wrong_recipe_is_refused_in_one_line(recipe, message) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        chain_from_recipe(recipe, sample_rate_hz=RATE_HZ)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros((1, 5), np.float32),
        np.zeros(5, np.float64),
    ],
)
def test_what_is_no_waveform_is_refused(samples) -> None:
    with pytest.raises(AudioError, match="float32 of shape"):
        Chain(())(samples, np.random.default_rng(0))
