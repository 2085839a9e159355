"""What the embedded default encoder promises beyond the common contract."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi import load_encoder
from kikimimi.audio.reading import read_clip
from kikimimi.datasets import esc50
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.default import DefaultEncoder
from kikimimi.encoders.vocabulary import vocabulary
from kikimimi.encoders.weights import embedded_folder
from kikimimi.errors import EncoderError


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def clips(shared_data: Path) -> list[np.ndarray]:
    paths = [clip.path for clip in esc50.clips(shared_data / "esc50")[::400]]
    return [read_clip(path, sample_rate_hz=16000, mono=True).samples for path in paths]


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))


def test_size_and_tags(encoder: Encoder) -> None:
    assert encoder.card.embedding_size == 128
    names = [entry.tag for name in ("audioset", "esc50") for entry in vocabulary(name)]
    assert list(encoder.card.vocabulary) == names
    assert len(names) == 571


def test_the_encoder_for_commercial_use_names_the_tags_and_data_of_its_weights() -> None:
    encoder = load_encoder("kikimimi-permissive")
    config = json.loads((embedded_folder("kikimimi-permissive") / "config.json").read_text("utf-8"))
    assert list(encoder.card.vocabulary[521:]) == config["classes"]
    assert config["training_data"].startswith("esc10")
    assert "NC" not in encoder.card.licence


@pytest.mark.parametrize("name", ["kikimimi", "kikimimi-permissive"])
def test_at_most_five_million_parameters(name: str) -> None:
    from safetensors import safe_open

    with safe_open(embedded_folder(name) / "model.safetensors", "numpy") as file:
        count = sum(np.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    assert count <= 5_000_000


def test_same_sound_in_any_file_format_gives_the_same_vector(
    encoder: Encoder, clips: list[np.ndarray], tmp_path: Path
) -> None:
    for number, samples in enumerate(clips):
        pcm = (samples[0] * 32767).astype(np.int16)
        vectors = []
        for suffix in ("wav", "flac"):
            path = tmp_path / f"{number}.{suffix}"
            soundfile.write(path, pcm, 16000)
            clip = read_clip(path, sample_rate_hz=16000, mono=True)
            vectors.append(encoder.embed_clips(clip.samples)[0])
        assert _cosine(*vectors) > 0.99999


def test_neighbours_in_the_batch_do_not_matter(encoder: Encoder, clips: list[np.ndarray]) -> None:
    alone = np.concatenate([encoder.embed_clips(clip) for clip in clips])
    together = encoder.embed_clips(np.concatenate(clips))
    reversed_order = encoder.embed_clips(np.concatenate(clips[::-1]))[::-1]
    for a, b, c in zip(alone, together, reversed_order, strict=True):
        assert _cosine(a, b) > 0.99999
        assert _cosine(a, c) > 0.99999


def test_locale_and_threads_of_another_process_do_not_matter(
    encoder: Encoder, clips: list[np.ndarray], tmp_path: Path
) -> None:
    np.save(tmp_path / "clip.npy", clips[0])
    code = (
        "import numpy as np, kikimimi, sys; "
        "v = kikimimi.load_encoder().embed_clips(np.load(sys.argv[1])); np.save(sys.argv[2], v)"
    )
    for threads, locale in (("1", "C"), ("2", "ja_JP.UTF-8")):
        output = tmp_path / f"{threads}.npy"
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "clip.npy"), str(output)],
            check=True,
            env={"OMP_NUM_THREADS": threads, "LC_ALL": locale, "PATH": ""},
        )
        assert _cosine(np.load(output)[0], encoder.embed_clips(clips[0])[0]) > 0.99999


def test_vectors_have_length_one(encoder: Encoder, clips: list[np.ndarray]) -> None:
    lengths = np.linalg.norm(encoder.embed_clips(np.concatenate(clips)), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)


def test_weights_that_are_not_the_ones_of_the_card_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(embedded_folder("kikimimi"), folder)
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(EncoderError, match="SHA-256"):
        DefaultEncoder(folder).load()
    weights.unlink()
    with pytest.raises(EncoderError, match=r"model\.safetensors"):
        DefaultEncoder(folder).load()


@pytest.mark.parametrize("config", ["", "[]", "{", "\x00"])
def test_a_damaged_config_is_refused(tmp_path: Path, config: str) -> None:
    shutil.copytree(embedded_folder("kikimimi"), tmp_path / "weights")
    (tmp_path / "weights" / "config.json").write_text(config)
    with pytest.raises(EncoderError, match=r"config\.json"):
        DefaultEncoder(tmp_path / "weights").load()


def test_the_card_names_licence_data_and_scores() -> None:
    folder = embedded_folder("kikimimi")
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "cc-by-nc-3.0" in card
    for word in ("ESC-50", "Kenney", "YAMNet", "precision@5"):
        assert word in card
    assert json.loads((folder / "config.json").read_text())["weights_sha256"]
