"""Run folders of training without labels, and what goes wrong in them."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny_pretraining import run_tiny, write_recipe, write_sounds

from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import ConfigError, DatasetError, EncoderError, KikimimiError
from kikimimi.pretraining.recipe import PretrainingRecipe
from kikimimi.pretraining.run import random_encoder
from kikimimi.training.config import load_recipe
from kikimimi.types import FloatArray

WITHOUT_TEXTS = ("byol_a_v1", "byol_a_v2", "cola", "m2d", "msm_mae", "waveform_agreement")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sounds(tmp_path_factory.mktemp("data") / "sounds")


@pytest.fixture
def toy_text(monkeypatch) -> None:
    from test_caption_sources import ToyText

    monkeypatch.setattr("kikimimi.pretraining.sounds.create_text_encoder", lambda name: ToyText())


def clips() -> FloatArray:
    """Noise and a tone."""
    noise = 0.1 * np.random.default_rng(1).standard_normal(24000)
    return np.stack([noise, np.sin(np.arange(24000) * 0.2)]).astype(np.float32)


@pytest.mark.parametrize("name", WITHOUT_TEXTS)
def test_a_run_ends_with_an_encoder(tmp_path: Path, sounds: Path, name: str) -> None:
    done = run_tiny(write_recipe(tmp_path, name), sounds, tmp_path / "run")
    assert done.encoder == tmp_path / "run" / "encoder"
    assert np.isfinite(done.loss)
    assert (done.files, done.bad_files) == (9, 0)
    encoder = load_encoder(str(done.encoder))
    assert encoder.card.name == f"trained_{name}"
    assert "9 files of sounds" in encoder.card.training_data
    embeddings = encoder.embed_clips(clips())
    assert embeddings.shape == (2, encoder.card.embedding_size)
    assert np.isfinite(embeddings).all()
    assert np.abs(embeddings[0] - embeddings[1]).max() > 1e-5 * np.abs(embeddings).max()
    assert encoder.embed_frames(clips()).embeddings.shape[2] == encoder.card.embedding_size
    # the encoder's weights are those that the training ended with
    kept = load_file(done.encoder / "model.safetensors")
    last = load_file(tmp_path / "run" / "last.safetensors")
    assert kept
    assert all(torch.equal(kept[key], last[f"method.{key}"]) for key in kept)
    assert "loss of the last epoch" in (done.encoder / "README.md").read_text()


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path, sounds: Path) -> None:
    recipe = write_recipe(tmp_path, "byol_a_v2")
    whole = run_tiny(recipe, sounds, tmp_path / "whole")
    script = Path(__file__).with_name("tiny_pretraining.py")
    killed = tmp_path / "killed"
    arguments = [sys.executable, str(script), str(recipe), str(sounds), str(killed), "1"]
    assert subprocess.run(arguments, capture_output=True).returncode == -9
    assert (killed / "checkpoint.pt").exists()
    assert not (killed / "encoder").exists()
    resumed = run_tiny(recipe, sounds, killed)
    expected, found = (load_file(done.encoder / "model.safetensors") for done in (whole, resumed))
    assert all(torch.equal(found[key], expected[key]) for key in expected)


def test_a_finished_run_is_left_as_it_is(tmp_path: Path, sounds: Path) -> None:
    recipe = write_recipe(tmp_path, "msm_mae")
    first = run_tiny(recipe, sounds, tmp_path / "run")
    before = (first.encoder / "config.json").stat().st_mtime_ns
    again = run_tiny(recipe, sounds, tmp_path / "run")
    assert again == first
    assert (first.encoder / "config.json").stat().st_mtime_ns == before
    with pytest.raises(ConfigError, match="begun with another recipe"):
        run_tiny(recipe, sounds, tmp_path / "run", "batch_size=2")
    more = write_sounds(tmp_path / "more", count=5)
    with pytest.raises(ConfigError, match="begun with another recipe"):
        run_tiny(recipe, more, tmp_path / "run")


def test_cache_workers_and_streaming(tmp_path: Path, sounds: Path) -> None:
    """Workers change nothing; without the cache files are decoded at each visit."""
    recipe = write_recipe(tmp_path, "cola")
    one = run_tiny(recipe, sounds, tmp_path / "one")
    two = run_tiny(recipe, sounds, tmp_path / "two", workers=2)
    expected, found = (load_file(done.encoder / "model.safetensors") for done in (one, two))
    assert all(torch.equal(found[key], expected[key]) for key in expected)
    assert list((tmp_path / "cache").iterdir())
    streamed = tmp_path / "elsewhere" / "run"
    run_tiny(recipe, sounds, streamed, "crops.cache_files=8")
    assert not (tmp_path / "elsewhere" / "cache").exists()


@pytest.mark.parametrize("caching", ["crops.cache_s=5", "crops.cache_s=null"])
def test_bad_files_are_named_and_skipped(tmp_path: Path, caching: str) -> None:
    data = write_sounds(tmp_path / "data")
    (data / "wind_3.wav").write_text("no sound")
    told: list[tuple[str, str]] = []
    recipe = write_recipe(tmp_path, "msm_mae")
    done = run_tiny(
        recipe, data, tmp_path / "run", caching,
        bad_file=lambda path, reason: told.append((path.name, reason)),
    )  # fmt: skip
    assert [name for name, _ in told] == ["wind_3.wav"]
    assert done.bad_files == 1


def test_files_shorter_than_the_crop(tmp_path: Path) -> None:
    data = write_sounds(tmp_path / "data", seconds=0.05)
    done = run_tiny(write_recipe(tmp_path, "m2d"), data, tmp_path / "run")
    assert np.isfinite(done.loss)


def test_a_diverging_training_keeps_its_last_checkpoint(tmp_path: Path, sounds: Path) -> None:
    recipe = write_recipe(tmp_path, "cola")
    with pytest.raises(KikimimiError, match=r"became NaN or infinite|loss = "):
        run_tiny(recipe, sounds, tmp_path / "run", "optimiser.lr=1e38", "schedule.name=constant")
    assert not (tmp_path / "run" / "encoder").exists()


def test_nothing_to_hear(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "cola")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no sound files there"):
        run_tiny(recipe, tmp_path / "empty", tmp_path / "run")
    few = write_sounds(tmp_path / "few", count=2)
    with pytest.raises(ConfigError, match="too little data for one batch"):
        run_tiny(recipe, few, tmp_path / "run2")
    for path in few.iterdir():
        path.write_text("no sound")
    for caching in ("crops.cache_s=5", "crops.cache_s=null"):
        with pytest.raises(DatasetError, match="2 of 2"):
            run_tiny(recipe, few, tmp_path / "run3", caching)


def test_silent_files(tmp_path: Path) -> None:
    import soundfile

    for number in range(5):
        soundfile.write(tmp_path / f"{number}.wav", np.zeros(16000), 16000)
    with pytest.raises(ConfigError, match="are silent"):
        run_tiny(write_recipe(tmp_path, "m2d"), tmp_path, tmp_path / "run")


def test_normalisation_is_that_of_the_data(tmp_path: Path, sounds: Path) -> None:
    recipe = write_recipe(tmp_path, "m2d")
    measured = run_tiny(recipe, sounds, tmp_path / "a", "loop.epochs=1")
    config = json.loads((measured.encoder / "config.json").read_text())
    assert -15 < config["mean"] < 0
    assert 0.5 < config["scale"] < 8
    own = run_tiny(recipe, sounds, tmp_path / "b", "loop.epochs=1", "normalisation.of=front_end")
    config = json.loads((own.encoder / "config.json").read_text())
    assert (config["mean"], config["scale"]) == (0.0, 1.0)


def test_random_weights_to_compare_with(tmp_path: Path, sounds: Path) -> None:
    recipe = load_recipe(write_recipe(tmp_path, "m2d"), PretrainingRecipe)
    folder = random_encoder(recipe, [sounds], tmp_path / "random", cache=tmp_path / "cache")
    trained = run_tiny(tmp_path / "m2d.yaml", sounds, tmp_path / "run")
    one, other = load_encoder(str(folder)), load_encoder(str(trained.encoder))
    assert one.card.name == "trained_m2d_random"
    assert (one.config.mean, one.config.scale) == (other.config.mean, other.config.scale)
    assert np.abs(one.embed_clips(clips()) - other.embed_clips(clips())).max() > 1e-4


def test_captions_and_the_stages_of_m2d2(tmp_path: Path, sounds: Path, toy_text: None) -> None:
    first = run_tiny(write_recipe(tmp_path, "m2d"), sounds, tmp_path / "m2d")
    recipe = write_recipe(tmp_path, "m2d2")
    with pytest.raises(ConfigError, match=r"goes on from an earlier training|network\.start"):
        run_tiny(recipe, sounds, tmp_path / "m2d2")
    start = f"network.start={first.encoder}"
    done = run_tiny(recipe, sounds, tmp_path / "m2d2", start, "loop.epochs=2")
    one, other = (load_encoder(str(each.encoder)) for each in (first, done))
    assert (other.config.mean, other.config.scale) == (one.config.mean, one.config.scale)
    assert other.config.text is not None
    assert other.config.text.identity.startswith("toy@")
    assert other.embed_for_text(clips()).shape == (2, 3)
    with pytest.raises(ConfigError, match="same sizes"):
        run_tiny(recipe, sounds, tmp_path / "x", start, "network.options.depth=2")
    with pytest.raises(EncoderError, match="there is no encoder"):
        run_tiny(recipe, sounds, tmp_path / "x", "network.start=runs/none")


def test_m2d_clap_learns_from_a_table(tmp_path: Path, sounds: Path, toy_text: None) -> None:
    table = tmp_path / "captions.csv"
    rows = "".join(f"wind_{number}.wav,wind number {number}\n" for number in range(6))
    table.write_text(f"file,caption\n{rows}")
    recipe = write_recipe(tmp_path, "m2d_clap")
    captions = ("captions.source=table", f"captions.table={table}")
    done = run_tiny(recipe, sounds, tmp_path / "run", *captions)
    encoder = load_encoder(str(done.encoder))
    assert "6 files of sounds" in encoder.card.training_data
    with pytest.raises(ConfigError, match="needs captions"):
        run_tiny(recipe, sounds, tmp_path / "none", "captions.source=none")
    with pytest.raises(ConfigError, match="takes no captions"):
        run_tiny(write_recipe(tmp_path, "m2d"), sounds, tmp_path / "m2d", *captions)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("network.options.wide=1", "unknown key 'wide'; did you mean 'width'"),
        ("method.options.mask_rate=1", "did you mean 'mask_ratio'"),
        ("method.name=m2e", "did you mean 'm2d"),
        ("front_end.n_mels=72", "spectrograms"),
    ],
)
def test_recipes_that_cannot_be_run(
    tmp_path: Path, sounds: Path, override: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        run_tiny(write_recipe(tmp_path, "m2d"), sounds, tmp_path / "run", override)
    assert "\n" not in str(caught.value)
