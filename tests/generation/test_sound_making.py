"""What lies around a generator: sources, edges, names, files, reference sets, figures of blends."""

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kikimimi.errors import AudioError, GenerationError
from kikimimi.generation.making.edges import faded, within_full_scale
from kikimimi.generation.making.files import plain_stem, read_parameters, write_made
from kikimimi.generation.making.maker import MadeSound
from kikimimi.generation.making.sources import read_source
from kikimimi.generation.making.threads import threads
from kikimimi.generation.quality.references import find_reference
from kikimimi.generation.quality.sets import EmbeddedSet
from kikimimi.generation.quality.spread import blend_figures, spread_figures
from kikimimi.generation.registry import create_vocoder, vocoder_names

RATE_HZ = 16000
SOUNDS = arrays.arrays(
    np.float32, st.integers(1, 400), elements=st.floats(-4, 4, width=32, allow_nan=False)
)


@given(SOUNDS)
def test_made_sounds_begin_and_end_at_nothing_and_are_else_as_they_were(samples) -> None:
    result = faded(samples)
    assert len(result) == len(samples)
    if len(samples) > 1:
        assert result[0] == 0 and abs(result[-1]) <= abs(samples[-1]) * 0.5
    assert np.all(np.abs(result) <= np.abs(samples))
    assert np.array_equal(result[16:-80], samples[16:-80])


@given(SOUNDS)
def test_only_what_passes_full_scale_is_made_quieter_as_a_whole(samples) -> None:
    result, gain_db = within_full_scale(samples)
    peak = np.abs(samples).max()
    if peak <= 1:
        assert gain_db == 0 and np.array_equal(result, samples)
    else:
        assert gain_db < 0 and np.abs(result).max() <= 1
        assert np.allclose(result, samples * 10 ** (gain_db / 20), atol=1e-5)


@given(st.text())
def test_any_name_becomes_part_of_a_file_name(text) -> None:
    stem = plain_stem(text)
    assert stem and len(stem) <= 60
    assert not set(stem) & set('/\\:*?"<>| \n\0')


def test_parameters_come_back_from_the_file(tmp_path) -> None:
    parameters = {
        "method": "vary",
        "source": "雨 rain.wav",
        "amount": 0.2,
        "seed": 3,
        "loop": False,
    }
    path = tmp_path / "made.wav"
    write_made(path, MadeSound(np.full(800, 0.25, np.float32), parameters))
    assert read_parameters(path) == parameters
    with pytest.raises(AudioError, match="exists already"):
        write_made(path, MadeSound(np.zeros(800, np.float32), parameters))
    soundfile.write(tmp_path / "other.wav", np.zeros(800), RATE_HZ)
    assert read_parameters(tmp_path / "other.wav") is None


def test_of_a_long_sound_the_first_minute_is_heard(tmp_path) -> None:
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 61 * 8000)
    soundfile.write(tmp_path / "long.wav", noise, 8000)
    source = read_source(tmp_path / "long.wav")
    assert source.duration_s == 60 and source.name == "long.wav"
    assert source.notes == ("only the first 60 s of 61.0 s were heard",)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros(RATE_HZ), "is silent"),
        (np.full(1, 0.5), "holds 1 sample"),
        (np.full(1000, 0.5), "give a sound of 0.064 s or more"),
        (np.array([0.1, np.inf] * 2000), "NaN or infinite"),
    ],
)
def test_sounds_that_nothing_can_be_made_of_are_named(tmp_path, samples, message) -> None:
    path = tmp_path / "bad.wav"
    soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    with pytest.raises(AudioError, match=message) as caught:
        read_source(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_threads_are_those_of_before_afterwards() -> None:
    before = torch.get_num_threads()
    with threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_reference_sets_are_of_the_class_where_there_is_one(tmp_path) -> None:
    for label in ("rain", "wind"):
        (tmp_path / label).mkdir()
        for number in range(4):
            soundfile.write(tmp_path / label / f"{number}.wav", np.full(200, 0.1), RATE_HZ)
    (tmp_path / "rain" / "broken.wav").write_bytes(b"no sound")
    rain = find_reference(tmp_path, "rain")
    assert {path.parent.name for path in rain.paths} == {"rain"} and "class rain" in rain.name
    bad: list[str] = []
    sounds = list(rain.sounds(lambda path, reason: bad.append(path.name)))
    assert len(sounds) == 4 and bad == ["broken.wav"]
    everything = find_reference(tmp_path, "fog")
    assert len(everything.paths) == 9 and "class" not in everything.name
    few = find_reference(tmp_path, most=2)
    assert few.paths == (everything.paths[0], everything.paths[-1])


def test_a_blend_along_an_arc_is_steady_and_a_detour_is_not() -> None:
    angles = np.linspace(0, np.pi / 2, 9)
    arc = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ends = EmbeddedSet("ends", "x@1", 3 * arc[[0, -1]])
    told = blend_figures(ends, EmbeddedSet("made", "x@1", arc))
    assert told.is_monotonic
    assert told.to_first == pytest.approx(1 - np.cos(angles))
    assert told.to_second == pytest.approx(1 - np.sin(angles))
    assert not blend_figures(ends, EmbeddedSet("made", "x@1", arc[[0, 2, 1, 8]])).is_monotonic
    with pytest.raises(GenerationError, match="two ends"):
        blend_figures(ends, EmbeddedSet("made", "y@1", arc))


def test_the_spread_of_orthogonal_sounds_is_whole() -> None:
    told = spread_figures(EmbeddedSet("made", "x@1", np.eye(4)))
    assert (told.diversity, told.vendi) == (pytest.approx(1), pytest.approx(4))
    with pytest.raises(GenerationError, match="two sounds"):
        spread_figures(EmbeddedSet("made", "x@1", np.eye(4)[:1]))


def test_vocoders_without_weights_have_names() -> None:
    assert vocoder_names()[-2:] == ["griffin_lim_32", "griffin_lim_100"]
    for name in vocoder_names():
        assert create_vocoder(name).name
    with pytest.raises(GenerationError, match="did you mean 'griffin_lim_100'"):
        create_vocoder("griffin_lim_10")
    with pytest.raises(GenerationError, match="cannot be read"):
        create_vocoder("no/such/folder")
