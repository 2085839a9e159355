"""What is particular to OpenL3, COLA, Wav2CLIP and the MobileNets of EfficientAT."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from kikimimi.encoders.published.cola import ColaEncoder
from kikimimi.encoders.published.efficientat import Mn04Encoder, Mn10Encoder
from kikimimi.encoders.published.openl3 import OpenL3Env512, OpenL3Env6144
from kikimimi.encoders.published.wav2clip import Wav2ClipEncoder
from kikimimi.encoders.vocabulary import audioset_527
from kikimimi.errors import EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import EFFICIENT_AT
from random_weights import narrow, randomise, save_keras_h5, save_random_weights


def noise(samples: int, count: int = 1, *, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return (0.1 * generator.standard_normal((count, samples))).astype(np.float32)


@pytest.fixture
def narrowed(monkeypatch) -> None:
    for encoder_type in (OpenL3Env512, OpenL3Env6144):
        narrow(encoder_type, monkeypatch)


def keras_openl3(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The names and axes of the original files, with numbers of some later session of Keras."""
    found = {}
    for number in range(8):
        norm, conv = f"batch_normalization_{number + 31}", f"conv2d_{number + 17}"
        names = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean"}
        for ours, theirs in (names | {"running_var": "moving_variance"}).items():
            found[f"{norm}/{theirs}"] = state[f"norms.{number}.{ours}"]
        conv = "audio_embedding_layer" if number == 7 else conv
        found[f"{conv}/kernel"] = state[f"convs.{number}.weight"].permute(2, 3, 1, 0)
        found[f"{conv}/bias"] = state[f"convs.{number}.bias"]
    return found


def test_openl3_reads_the_original_files_as_it_reads_the_ports(narrowed, tmp_path) -> None:
    port = save_random_weights(OpenL3Env512(), tmp_path / "port")
    state = randomise(OpenL3Env512().build()).state_dict()
    original = tmp_path / "openl3_audio_mel256_env.h5"
    save_keras_h5(original, keras_openl3(state))
    packed = tmp_path / "openl3_audio_mel256_env-v0_4_0.h5.gz"
    packed.write_bytes(gzip.compress(original.read_bytes()))
    clip = noise(48000)
    expected = OpenL3Env512(port).load().embed_clips(clip)
    for path in (original, packed):
        np.testing.assert_array_equal(OpenL3Env512(path).load().embed_clips(clip), expected)
    assert OpenL3Env512(tmp_path).weights_path == packed


def test_short_embedding_of_openl3_is_the_largest_of_the_long_one(narrowed, tmp_path) -> None:
    """Both have the same weights; the one pools 32 x 24 cells of the last map, the other 8 x 8."""
    path = save_random_weights(OpenL3Env512(), tmp_path)
    clip = noise(48000)
    long = OpenL3Env6144(path).load().embed_clips(clip)[0]
    short = OpenL3Env512(path).load().embed_clips(clip)[0]
    np.testing.assert_array_equal(long.reshape(4 * 3, len(short)).max(axis=0), short)


def test_openl3_hears_levels_relative_to_the_loudest() -> None:
    encoder = OpenL3Env512()
    windows = noise(48000, 2) * np.linspace(0, 1, 48000, dtype=np.float32)
    levels = encoder.log_mel(windows)
    assert levels.shape == (2, 256, 199)
    np.testing.assert_array_equal(levels.max(axis=(1, 2)), 0)
    assert levels.min() == -80
    np.testing.assert_allclose(encoder.log_mel(8 * windows), levels, atol=1e-3)
    np.testing.assert_array_equal(encoder.log_mel(np.zeros((1, 48000), np.float32)), 0)


@pytest.mark.parametrize(
    ("samples", "count"), [(1, 1), (48000, 1), (48001, 2), (72000, 2), (72001, 3), (240000, 9)]
)
def test_openl3_starts_a_window_each_half_second(samples, count) -> None:
    encoder = OpenL3Env512()
    clip = noise(samples, 2)
    windows = encoder.windows(clip, encoder.hop_samples)
    assert windows.shape == (2, count, 48000)
    np.testing.assert_array_equal(windows[:, 0, : min(samples, 48000)], clip[:, :48000])
    heard = np.zeros(samples)
    for number in range(count):
        heard[number * 24000 : number * 24000 + 48000] = 1
    assert heard.all()


@pytest.fixture(scope="module")
def cola(tmp_path_factory) -> ColaEncoder:
    return ColaEncoder(save_random_weights(ColaEncoder(), tmp_path_factory.mktemp("cola"))).load()


def test_cola_does_not_hear_how_loud_a_window_is(cola) -> None:
    clip = noise(2 * 15680)
    clip[:, 15680:] *= 50
    quieter = clip * np.repeat([0.5, 0.01], 15680).astype(np.float32)
    one, two = cola.embed_frames(clip).embeddings, cola.embed_frames(quieter).embeddings
    np.testing.assert_allclose(one, two, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(cola.embed_clips(clip), one.mean(axis=1), rtol=1e-5)


def test_cola_has_nothing_to_fetch() -> None:
    for act in (ColaEncoder(fetch=True).load, ColaEncoder().load, ColaEncoder().fetch_weights):
        with pytest.raises(EncoderError, match=r"nobody has published .* place cola\.h5, made by"):
            act()


def test_weights_that_shift_their_input_are_not_of_cola(cola) -> None:
    shifted = {
        "normalization/mean": torch.tensor([0.4]),
        "stem_conv/kernel": torch.ones(3, 3, 1, 32),
    }
    with pytest.raises(EncoderError, match="subtract a mean"):
        cola.state_from_checkpoint(shifted)


def test_wav2clip_scales_each_clip_alone(tmp_path) -> None:
    """The original takes one mean and deviation of all clips in a batch."""
    encoder = Wav2ClipEncoder(save_random_weights(Wav2ClipEncoder(), tmp_path)).load()
    clips = np.concatenate([noise(16000), 30 * noise(16000, seed=1)])
    together, alone = encoder.embed_clips(clips), encoder.embed_clips(clips[:1])
    np.testing.assert_allclose(together[:1], alone, rtol=1e-4, atol=1e-4)
    louder = encoder.embed_clips(100 * clips[:1])
    np.testing.assert_allclose(louder, alone, rtol=0.01, atol=0.01)
    assert np.isfinite(encoder.embed_clips(np.zeros((1, 16000), np.float32))).all()


@pytest.mark.parametrize(
    ("seconds", "count"), [(0.1, 1), (0.6, 1), (1.0, 1), (1.4, 1), (1.5, 2), (3.0, 3)]
)
def test_wav2clip_hears_whole_seconds_and_long_rests(seconds, count, tmp_path, monkeypatch) -> None:
    encoder = Wav2ClipEncoder()
    encoder._network = torch.nn.Identity()
    monkeypatch.setattr(encoder, "_embed", lambda spectra: spectra.mean(dim=2))
    encoding = encoder.embed_frames(noise(round(16000 * seconds)))
    assert encoding.embeddings.shape == (1, count, 257)
    assert encoding.timestamps_s[0] == pytest.approx(min(0.5, seconds))


def test_tags_of_the_mobilenets_are_those_of_the_class_map() -> None:
    assert Mn10Encoder.card.vocabulary == tuple(entry.tag for entry in audioset_527())


def test_mobilenets_give_the_mean_over_time(tmp_path) -> None:
    encoder = Mn04Encoder(save_random_weights(Mn04Encoder(), Path(tmp_path))).load()
    clip = noise(64000)
    frames = encoder.embed_frames(clip)
    np.testing.assert_allclose(
        encoder.embed_clips(clip), frames.embeddings.mean(axis=1), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(frames.timestamps_s, 0.32 * np.arange(7), rtol=1e-6)


def test_mobilenets_emphasise_treble_over_the_whole_clip() -> None:
    """x[t] - 0.97 x[t-1] lowers a constant by 30 dB, at the edges of frames as well."""
    encoder = Mn04Encoder()
    clip = np.ones((1, 32000), np.float32)
    emphasised = next(encoder.log_mels(clip)).numpy()[0]
    plain = LogMel(EFFICIENT_AT)(clip[0, 1:])
    band = plain[:, 50].argmax()
    fall = EFFICIENT_AT.scale * (plain - emphasised)[band]
    np.testing.assert_allclose(fall, np.log(0.03**-2), atol=0.05)
