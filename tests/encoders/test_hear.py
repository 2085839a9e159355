import numpy as np
import pytest
import torch

from kikimimi.encoders import hear
from kikimimi.encoders.placeholder import PlaceholderEncoder
from kikimimi.errors import EncoderError


@pytest.fixture
def model() -> hear.HearModel:
    return hear.HearModel(PlaceholderEncoder().load())


def test_model_has_the_attributes_of_hear(model) -> None:
    assert model.sample_rate == 16000
    assert model.scene_embedding_size == 16
    assert model.timestamp_embedding_size == 16


def test_unknown_name_is_refused() -> None:
    with pytest.raises(EncoderError, match="there is no encoder"):
        hear.load_model("no such encoder")


def test_scene_embedding_is_that_of_the_clip(model) -> None:
    audio = torch.randn(3, 16000, generator=torch.Generator().manual_seed(0))
    embeddings = hear.get_scene_embeddings(audio, model)
    assert embeddings.dtype == torch.float32
    np.testing.assert_array_equal(embeddings, model.encoder.embed_clips(audio.numpy()))


def test_long_sound_is_the_mean_of_its_windows(model) -> None:
    audio = torch.randn(1, 3 * 32000, generator=torch.Generator().manual_seed(1))
    windows = audio.numpy().reshape(3, 32000)
    expected = model.encoder.embed_clips(windows).mean(axis=0)
    np.testing.assert_allclose(hear.get_scene_embeddings(audio, model)[0], expected, rtol=1e-5)


def test_timestamps_are_milliseconds_for_each_sound(model) -> None:
    embeddings, timestamps = hear.get_timestamp_embeddings(torch.randn(2, 1600), model)
    assert embeddings.shape == (2, 7, 16)
    np.testing.assert_allclose(timestamps, np.tile(np.arange(7) * 16 + 8, (2, 1)), rtol=1e-6)


def test_long_sound_has_evenly_spaced_timestamps(model) -> None:
    audio = torch.randn(1, 5 * 16000 + 7)
    embeddings, timestamps = hear.get_timestamp_embeddings(audio, model)
    assert embeddings.shape == (1, timestamps.shape[1], 16)
    np.testing.assert_allclose(np.diff(timestamps[0]), 16, rtol=1e-3)


@pytest.mark.parametrize("shape", [(16000,), (1, 1, 16000), (0, 16000), (2, 0)])
@pytest.mark.parametrize("function", [hear.get_scene_embeddings, hear.get_timestamp_embeddings])
def test_wrong_shapes_are_refused(function, shape, model) -> None:
    with pytest.raises(EncoderError, match=r"\(n_sounds, n_samples\)"):
        function(torch.zeros(shape), model)


def test_arrays_that_are_no_tensors_are_refused(model) -> None:
    with pytest.raises(EncoderError, match="got ndarray"):
        hear.get_scene_embeddings(np.zeros((1, 16000), np.float32), model)


def test_nan_is_refused(model) -> None:
    with pytest.raises(EncoderError, match="NaN"):
        hear.get_scene_embeddings(torch.full((1, 100), float("nan")), model)
