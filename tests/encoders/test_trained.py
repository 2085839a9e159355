"""Encoders that users have trained: folders that any encoder's name may be replaced by."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from kikimimi.encoders import hear
from kikimimi.encoders.registry import create_encoder, load_encoder
from kikimimi.encoders.trained import TrainedEncoder, build_network, save_trained_encoder
from kikimimi.encoders.trained_config import TextSpace, TrainedConfig
from kikimimi.errors import EncoderError, LibraryError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import BYOL_A, M2D
from kikimimi.library.library import Library
from kikimimi.types import FloatArray

_VIT = {"n_mels": 80, "patch": (16, 16), "width": 12, "depth": 2, "heads": 3}
_KINDS = {
    "patches": {
        "network": "spectrogram_vit",
        "network_options": _VIT,
        "front_end": M2D,
        "embedding_size": 60,
        "frame_hop_s": 0.16,
        "chunk_frames": 208,
    },
    "convolutions": {
        "network": "byol_a_v2",
        "network_options": {"n_mels": 64, "mlp_size": 32},
        "front_end": BYOL_A,
        "embedding_size": 1056,
        "frame_hop_s": 0.04,
    },
    "frames of another size": {
        "network": "plain_cnn",
        "network_options": {"channels": (4, 8)},
        "front_end": BYOL_A,
        "embedding_size": 16,
        "frame_hop_s": 0.5,
        "frames_are_embeddings": False,
    },
}


def config_of(kind: str, **changes: object) -> TrainedConfig:
    facts = {
        "name": "mine",
        "title": "Mine",
        "paper": "none",
        "licence": "CC0",
        "training_data": "3 files of 音|s",
        "window_s": 3.0,
        "mean": -6.0,
        "scale": 4.0,
        **_KINDS[kind],
        **changes,
    }
    return TrainedConfig(**facts)


def write(folder: Path, config: TrainedConfig, *, seed: int = 0, **modules: nn.Module) -> Path:
    torch.manual_seed(seed)
    network = build_network(config)
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 2)
    save_trained_encoder(folder, config, {"network": network, **modules}, facts={"epochs": "3"})
    return folder


def noise(seconds: float, count: int = 2) -> FloatArray:
    generator = np.random.default_rng(round(1000 * seconds))
    return 0.1 * generator.standard_normal((count, max(1, round(16000 * seconds)))).astype("f4")


@pytest.fixture(scope="module", params=list(_KINDS))
def encoder(request, tmp_path_factory: pytest.TempPathFactory) -> TrainedEncoder:
    folder = tmp_path_factory.mktemp("runs") / "encoder"
    return load_encoder(str(write(folder, config_of(request.param))))


@pytest.mark.parametrize("seconds", [1e-4, 0.05, 1.0, 2.08, 2.2, 5.0])
def test_clips_and_frames_of_any_length(encoder, seconds: float) -> None:
    clips = noise(seconds)
    embeddings = encoder.embed_clips(clips)
    assert embeddings.shape == (2, encoder.card.embedding_size)
    assert np.isfinite(embeddings).all()
    np.testing.assert_allclose(encoder.embed_clips(clips[1:]), embeddings[1:], rtol=1e-3, atol=1e-5)
    frames = encoder.embed_frames(clips)
    assert frames.embeddings.shape == (2, len(frames.timestamps_s), embeddings.shape[1])
    assert abs(len(frames.timestamps_s) - seconds / encoder.card.frame_hop_s) <= 1
    assert frames.timestamps_s[-1] <= clips.shape[1] / 16000 + 1e-6
    np.testing.assert_allclose(np.diff(frames.timestamps_s)[:-1], encoder.card.frame_hop_s, 1e-3)


def test_embedding_is_the_network_on_normalised_spectrograms(tmp_path: Path) -> None:
    config = config_of("convolutions")
    folder = write(tmp_path, config)
    clip = noise(1.5, count=1)
    log_mel = (LogMel(BYOL_A)(clip)[..., :150] + 6.0) / 4.0
    encoder = load_encoder(str(folder))
    expected = encoder.network(torch.from_numpy(log_mel.astype(np.float32)))
    np.testing.assert_allclose(encoder.embed_clips(clip), expected.numpy(), rtol=1e-4, atol=1e-5)


def test_long_clips_are_heard_in_chunks_of_the_training_length(tmp_path: Path) -> None:
    encoder = load_encoder(str(write(tmp_path, config_of("patches"))))
    clip = noise(5.0, count=1)
    log_mel = (LogMel(M2D)(clip)[..., :500] + 6.0) / 4.0
    chunks = torch.from_numpy(log_mel.astype(np.float32)).split(208, dim=2)
    frames = torch.cat([encoder.network.frames(chunk) for chunk in chunks], dim=1)
    expected = frames.mean(dim=1).numpy()
    np.testing.assert_allclose(encoder.embed_clips(clip), expected, rtol=1e-4, atol=1e-5)


def test_layers_over_time(encoder) -> None:
    clips = noise(3.0)
    assert encoder.layer_names
    layers = encoder.embed_layers(clips, encoder.layer_names)
    assert list(layers) == list(encoder.layer_names)
    for rows in layers.values():
        assert rows.ndim == 3
        assert len(rows) == 2
        assert np.isfinite(rows).all()
    alone = encoder.embed_layers(clips[1:], encoder.layer_names[-1:])[encoder.layer_names[-1]]
    np.testing.assert_allclose(alone, layers[encoder.layer_names[-1]][1:], rtol=1e-3, atol=1e-4)


def test_card_tells_what_was_trained(tmp_path: Path) -> None:
    folder = write(tmp_path / "encoder", config_of("convolutions"))
    card = create_encoder(str(folder)).card
    assert (card.name, card.licence, card.sample_rate_hz) == ("mine", "CC0", 16000)
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "| epochs | 3 |" in text
    assert "3 files of 音\\|s" in text


def test_hear_takes_the_folder(tmp_path: Path) -> None:
    model = hear.load_model(str(write(tmp_path / "encoder", config_of("convolutions"))))
    scene = hear.get_scene_embeddings(torch.from_numpy(noise(1.0)), model)
    assert scene.shape == (2, model.scene_embedding_size)


def test_identity_is_that_of_weights_and_front_end(tmp_path: Path) -> None:
    config = config_of("convolutions")
    folders = {
        "same": write(tmp_path / "a", config),
        "again": write(tmp_path / "b", config),
        "weights": write(tmp_path / "c", config, seed=1),
        "normalisation": write(tmp_path / "d", config_of("convolutions", mean=0.0)),
    }
    found = {name: create_encoder(str(folder)).identity for name, folder in folders.items()}
    assert found["same"] == found["again"]
    assert len(set(found.values())) == 3


def test_sounds_in_the_space_of_texts(tmp_path: Path) -> None:
    projector = nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 5))
    space = TextSpace(encoder="minilm", identity="minilm@0", size=5, hidden_size=8)
    config = config_of("patches", text=space)
    encoder = load_encoder(str(write(tmp_path, config, text_projector=projector)))
    clips = noise(2.0)
    log_mel = (LogMel(M2D)(clips)[..., :200] + 6.0) / 4.0
    patches = encoder.network.encode(torch.from_numpy(log_mel.astype(np.float32)))
    expected = projector(patches.mean(dim=1)).detach().numpy()
    np.testing.assert_allclose(encoder.embed_for_text(clips), expected, rtol=1e-3, atol=1e-5)


def test_without_texts_there_is_no_such_space(encoder) -> None:
    with pytest.raises(EncoderError, match="trained without texts"):
        encoder.embed_for_text(noise(1.0))


def test_a_name_wins_over_a_folder_of_that_name(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path / "placeholder", config_of("convolutions"))
    write(tmp_path / "own", config_of("convolutions"))
    monkeypatch.chdir(tmp_path)
    assert create_encoder("placeholder").card.name == "placeholder"
    assert create_encoder("./placeholder").card.name == "mine"
    assert create_encoder("own").card.name == "mine"


@pytest.mark.parametrize("name", ["runs/none", "/nowhere/encoder", "./x"])
def test_a_folder_that_is_not_there(name: str) -> None:
    with pytest.raises(EncoderError, match="there is no encoder; give the folder"):
        create_encoder(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "not an encoder that"),
        ({"network": "byol_a_v3"}, "did you mean 'byol_a_v2'"),
        ({"network_options": {"n_mels": 64, "mlp": 3}}, "its network cannot be made"),
        ({"scale": 0}, "scale must be above 0"),
        ({"front_end": {}}, "damaged"),
        ({"name": "../x"}, "name must be"),
        ({"extra": 1}, "damaged"),
        ({"weights_sha256": "00"}, "SHA-256"),
    ],
)
def test_damaged_folders_are_told_in_one_line(tmp_path: Path, change: dict, message: str) -> None:
    folder = write(tmp_path / "encoder", config_of("convolutions"))
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(EncoderError, match=message) as caught:
        load_encoder(str(folder))
    assert "\n" not in str(caught.value)


def test_asking_before_loading(tmp_path: Path) -> None:
    encoder = create_encoder(str(write(tmp_path / "encoder", config_of("convolutions"))))
    with pytest.raises(EncoderError, match="load"):
        encoder.embed_clips(noise(1.0))


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    import soundfile

    folder = tmp_path / "sounds"
    folder.mkdir()
    for number in range(3):
        soundfile.write(folder / f"{number}.wav", noise(1 + number, count=1)[0], 16000)
    return folder


def test_a_library_finds_its_encoder_again(tmp_path: Path, sounds: Path, monkeypatch) -> None:
    write(tmp_path / "runs" / "encoder", config_of("convolutions"))
    monkeypatch.chdir(tmp_path)
    with Library("lib.kikimimi", encoder="runs/encoder") as library:
        assert library.index([sounds], workers=2).added == 3
    monkeypatch.chdir(sounds)
    with Library(tmp_path / "lib.kikimimi") as library:
        assert library.encoder().card.name == "mine"
        hits = library.search(like=sounds / "1.wav")
        assert hits[0].path.name == "1.wav"


def test_a_library_tells_where_its_encoder_was_and_takes_its_new_place(
    tmp_path: Path, sounds: Path
) -> None:
    folder = write(tmp_path / "encoder", config_of("convolutions"))
    path = tmp_path / "lib.kikimimi"
    with Library(path, encoder=str(folder)) as library:
        library.index([sounds], workers=1)
    moved = shutil.move(folder, tmp_path / "elsewhere")
    with (
        Library(path) as library,
        pytest.raises(LibraryError, match=r"was in the folder .*--encoder"),
    ):
        library.encoder()
    with Library(path, encoder=str(moved)) as library:
        assert library.index([sounds], workers=1).unchanged == 3
        library.encoder()
    with Library(path) as library:
        assert library.encoder().reference == str(moved)


def test_a_library_refuses_another_folder_of_the_same_name(tmp_path: Path, sounds: Path) -> None:
    folders = [write(tmp_path / f"e{n}", config_of("convolutions"), seed=n) for n in range(2)]
    path = tmp_path / "lib.kikimimi"
    with Library(path, encoder=str(folders[0])) as library:
        library.index([sounds], workers=1)
    with pytest.raises(LibraryError, match="--re-embed --encoder"):
        Library(path, encoder=str(folders[1]))
    with Library(path) as library:
        library.re_embed(encoder=str(folders[1]), workers=1)
        assert library.encoder().reference == str(folders[1])
