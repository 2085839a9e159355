"""New labels on a frozen encoder."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.tasks.transfer.embeddings import clip_embeddings
from kikimimi.tasks.transfer.head import LinearHead, fit_head
from kikimimi.tasks.transfer.recipe import HeadSettings, TransferRecipe
from kikimimi.tasks.transfer.runs import transfer

_RECIPE = TransferRecipe(encoder="placeholder")
_ENCODER = create_encoder("placeholder")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    times = np.arange(16000) / 16000
    for label, pitch_hz in (("低い", 150), ("high", 4000), ("middle", 900)):
        (root / label).mkdir()
        for number in range(10):
            samples = 0.5 * np.sin(2 * np.pi * (pitch_hz + 5 * number) * times)
            soundfile.write(root / label / f"{number}.wav", samples, 16000)
    return root


@given(st.integers(2, 4), st.integers(0, 1000))
def test_the_head_is_scaler_and_regression_in_one(classes: int, seed: int) -> None:
    """Oracle: scikit-learn's own pipeline."""
    generator = np.random.default_rng(seed)
    targets = np.arange(12 * classes) % classes
    points = generator.normal(size=(len(targets), 5)) * [1, 10, 0.1, 1, 1] + targets[:, None]
    settings = HeadSettings(strengths=(0.5,))
    names = [f"class {n}" for n in range(classes)]
    head = fit_head(
        points.astype(np.float32), targets, list(map(str, range(len(targets)))), names, settings,
        encoder=_ENCODER,
    )  # fmt: skip
    oracle = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=2000))
    oracle.fit(points.astype(np.float32), targets)
    np.testing.assert_allclose(
        head.probabilities(points.astype(np.float32)),
        oracle.predict_proba(points.astype(np.float32)),
        atol=1e-4,
    )


def test_a_transfer_scores_folds_and_keeps_a_head(data: Path, tmp_path: Path) -> None:
    scores = list(transfer(_RECIPE, data, tmp_path / "run", cache=tmp_path / "cache"))
    assert [score.fold for score in scores] == [1, 2, 3, 4, 5]
    assert np.mean([score.value for score in scores]) > 0.9
    head = LinearHead.load(tmp_path / "run" / "head")
    assert set(head.classes) == {"低い", "high", "middle"}
    assert head.encoder == create_encoder("placeholder").load().identity


def test_embeddings_are_made_once(data: Path, tmp_path: Path) -> None:
    encoder = create_encoder("placeholder").load()
    paths = sorted(data.rglob("*.wav"))[:3]
    told: list[int] = []
    first, again = (
        clip_embeddings(
            paths, encoder, cache=tmp_path, progress=lambda done, total, path, s: told.append(done)
        )
        for _ in range(2)
    )
    assert told == [1, 2, 3]
    np.testing.assert_array_equal(first, again)


def test_unreadable_clips_are_named(tmp_path: Path) -> None:
    encoder = create_encoder("placeholder").load()
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    with pytest.raises(DatasetError, match=r"1 of 1 clips.*bad\.wav"):
        clip_embeddings([bad], encoder, cache=tmp_path / "cache")


def test_a_class_without_clips_is_refused() -> None:
    with pytest.raises(ConfigError, match="class 'b' has no clip"):
        fit_head(
            np.zeros((2, 3), np.float32), np.array([0, 2]), ["x", "y"], ["a", "b", "c"],
            HeadSettings(), encoder=_ENCODER,
        )  # fmt: skip


def test_a_damaged_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no head there"):
        LinearHead.load(tmp_path)
    head = LinearHead(np.ones((2, 3), np.float32), np.ones(2, np.float32), ("a", "b"), "x@0", "x")
    head.save(tmp_path)
    assert LinearHead.load(tmp_path).reference == "x"
    (tmp_path / "head.safetensors").write_bytes(b"nothing")
    with pytest.raises(ConfigError, match="damaged"):
        LinearHead.load(tmp_path)


def test_an_unknown_fold_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no fold 9"):
        list(transfer(_RECIPE, data, tmp_path / "r", cache=tmp_path / "c", folds=(9,)))
