"""One suite over every stage of cleaning."""

import numpy as np
import pytest

from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.contract import SoundFormat, StreamingStage, Survey, SurveyingStage
from kikimimi.cleaning.registry import create_stage, stage_names
from kikimimi.errors import ConfigError
from kikimimi.types import Clip

RATE = 16000
STAGES = stage_names()


def rough_sound(channels: int, frames: int, seed: int = 0) -> np.ndarray:
    """Noise with an offset, a quiet start, bursts and peaks over full scale, (C, T)."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(frames) / RATE
    level = 0.01 + 0.4 * (np.sin(2 * np.pi * 1.3 * time_s) > 0.6) * (time_s > 0.3)
    noise = rng.normal(size=(channels, frames))
    return 0.02 + level * (noise + np.sin(2 * np.pi * 6000 * time_s))


def treated(stage, samples: np.ndarray, cuts: list[int]) -> np.ndarray:
    """What a stage makes of a sound that comes in blocks that end at `cuts`."""
    sound = SoundFormat(RATE, len(samples))
    blocks = np.split(samples.copy(), cuts, axis=1)
    for block in blocks:
        block.flags.writeable = False
    treatment = stage
    if isinstance(stage, SurveyingStage):
        survey: Survey = stage.survey(sound)
        hear_again = True
        while hear_again:
            for block in blocks:
                survey.push(block)
            hear_again = survey.end_pass()
        treatment = survey.settle()
    processor = treatment.start(sound)
    out = [processor.push(block) for block in blocks]
    return np.concatenate([*out, processor.finish()], axis=1)


@pytest.fixture(params=STAGES)
def stage(request):
    return create_stage(request.param, where="test")


def test_it_streams_or_surveys(stage):
    assert isinstance(stage, StreamingStage) != isinstance(stage, SurveyingStage)


def test_blocks_of_any_size_give_the_same_samples(stage):
    samples = rough_sound(2, 40000)
    whole = treated(stage, samples, [])
    for cuts in ([1, 2, 3, 500, 501, 39999], list(range(777, 40000, 777)), [0, 20000, 20000]):
        np.testing.assert_allclose(treated(stage, samples, cuts), whole, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 8])
@pytest.mark.parametrize("frames", [1, 2, 100, 5000])
def test_a_sound_of_any_shape_keeps_its_length(stage, channels, frames):
    clip = Clip(rough_sound(channels, frames).astype(np.float32), RATE)
    cleaned, (report,) = clean_clip([Step(stage)], clip)
    assert cleaned.samples.shape[0] == channels
    assert np.isfinite(cleaned.samples).all()
    assert report.frames_in == frames
    assert report.frames_out == cleaned.samples.shape[1]
    if stage.name != "silence_trim":
        assert cleaned.samples.shape[1] == frames


@pytest.mark.parametrize("rate", [4000, 8000, 44100, 96000])
def test_any_rate_is_taken(stage, rate):
    clip = Clip(rough_sound(1, rate).astype(np.float32), rate)
    assert np.isfinite(clean_clip([Step(stage)], clip)[0].samples).all()


def test_silence_stays_silence(stage):
    silence = Clip(np.zeros((2, 30000), np.float32), RATE)
    cleaned, (report,) = clean_clip([Step(stage)], silence)
    assert cleaned.samples.shape == (2, 30000)
    assert not cleaned.samples.any()
    assert not report.changed


def test_equal_channels_stay_equal_and_all_get_what_one_gets(stage):
    mono = rough_sound(1, 30000).astype(np.float32)
    alone = clean_clip([Step(stage)], Clip(mono, RATE))[0].samples
    eight = clean_clip([Step(stage)], Clip(np.repeat(mono, 8, axis=0), RATE))[0].samples
    assert (eight == eight[0]).all()
    if stage.name != "loudness_normalisation":  # eight channels are louder than one
        np.testing.assert_allclose(eight[:1], alone, atol=1e-6)


def test_the_input_is_left_as_it_was(stage):
    samples = rough_sound(2, 20000).astype(np.float32)
    before = samples.copy()
    clean_clip([Step(stage)], Clip(samples, RATE))
    assert (samples == before).all()


def test_cleaning_twice_gives_the_same_bits(stage):
    clip = Clip(rough_sound(2, 70000).astype(np.float32), RATE)
    first, second = (clean_clip([Step(stage)], clip) for _ in range(2))
    assert (first[0].samples == second[0].samples).all()
    assert first[1] == second[1]


def test_a_misspelt_key_names_the_stage_and_the_nearest_key(stage):
    key = next(iter(type(stage).__dataclass_fields__), "cutoff_hz")
    with pytest.raises(ConfigError, match=f"{stage.name}: unknown key '{key}x'"):
        create_stage(stage.name, {f"{key}x": 1}, where="here")
