"""The demands of HEAR 2021 on a module: its own validator where it is installed, and ours."""

import importlib
import sys
import types
import warnings

import pytest
import torch

from kikimimi.encoders import hear

ENCODERS = ("kikimimi", "logmel_statistics", "placeholder")
SAMPLE_RATES = (16000, 22050, 44100, 48000)


@pytest.mark.parametrize("name", ENCODERS)
def test_the_official_validator_accepts_the_module(name: str, monkeypatch) -> None:
    """PyPI: hearvalidator. It wants TensorFlow only to tell TensorFlow models from torch ones."""
    if "tensorflow" not in sys.modules:
        stub = types.SimpleNamespace(Module=type("Module", (), {}))
        monkeypatch.setitem(sys.modules, "tensorflow", stub)
    pytest.importorskip("hearvalidator", reason="install hearvalidator without its dependencies")
    validator = importlib.import_module("hearvalidator.validate")
    with warnings.catch_warnings():  # it advises more than 20 frames a second
        warnings.simplefilter("ignore")
        validator.ValidateModel(hear.__name__, name, device="cpu")()


@pytest.mark.parametrize("name", ENCODERS)
def test_a_model_has_what_hear_reads(name: str) -> None:
    model = hear.load_model(name)
    assert isinstance(model, torch.nn.Module)
    assert model.sample_rate in SAMPLE_RATES
    assert isinstance(model.scene_embedding_size, int)
    assert isinstance(model.timestamp_embedding_size, int)
    assert model.to("cpu") is model


def test_without_a_file_there_is_a_model_too() -> None:
    assert hear.load_model().sample_rate in SAMPLE_RATES


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("length_s", [0.3, 2.0, 3.74, 5.3, 11.9])
def test_timestamps_are_even_to_a_thousandth_of_a_millisecond(name: str, length_s: float) -> None:
    model = hear.load_model(name)
    noise = 2 * torch.rand(3, int(length_s * model.sample_rate)) - 1
    embeddings, timestamps_ms = hear.get_timestamp_embeddings(noise, model)
    assert embeddings.dtype == torch.float32
    assert embeddings.shape == (3, timestamps_ms.shape[1], model.timestamp_embedding_size)
    steps = torch.diff(timestamps_ms.double())
    hop_ms = 1000 * model.encoder.card.frame_hop_s
    assert ((steps - hop_ms).abs() < 2e-3).all()
    assert timestamps_ms.min() >= 0
    assert timestamps_ms.max() <= 1000 * length_s + hop_ms / 2


@pytest.mark.parametrize("name", ENCODERS)
def test_one_scene_embedding_for_each_sound(name: str) -> None:
    model = hear.load_model(name)
    noise = 2 * torch.rand(4, int(3.74 * model.sample_rate)) - 1
    embeddings = hear.get_scene_embeddings(noise, model)
    assert embeddings.dtype == torch.float32
    assert embeddings.shape == (4, model.scene_embedding_size)


@pytest.mark.parametrize("name", ENCODERS)
def test_frames_of_a_long_sound_are_at_their_times(name: str) -> None:
    """A click far into the sound changes the frames at its own time and no others."""
    model = hear.load_model(name)
    quiet = torch.zeros(1, int(18.3 * model.sample_rate))
    click = quiet.clone()
    at_s = 16.6
    click[0, int(at_s * model.sample_rate)] = 1
    before, times_ms = hear.get_timestamp_embeddings(quiet, model)
    after, _ = hear.get_timestamp_embeddings(click, model)
    change = (after - before).norm(dim=2)[0]
    hop_ms = 1000 * model.encoder.card.frame_hop_s
    assert abs(times_ms[0, change.argmax()] - 1000 * at_s) <= max(hop_ms, 20)
