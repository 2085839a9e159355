"""Training a recipe fold by fold, scoring it, and going on after a stop."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from classification_toys import recipe_with
from safetensors.torch import load_file

from kikimimi.errors import ConfigError, KikimimiError
from kikimimi.tasks.classification import folds as folds_module
from kikimimi.tasks.classification.confusion import confusion_of
from kikimimi.tasks.classification.evaluation import figure_of_merit
from kikimimi.tasks.classification.folds import (
    PreparedData,
    evaluate_folds,
    prepare,
    score_ensemble,
    summarise,
    train_folds,
)
from kikimimi.tasks.classification.runs import load_classifier, read_run
from kikimimi.tasks.fold_scores import FoldScore, summary_of


@pytest.fixture(scope="module")
def data(toy_data: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedData:
    return prepare(recipe_with().data, toy_data, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def trained(data: PreparedData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "toy"
    list(train_folds(recipe_with(), data, run, folds=(1, 2), progress=False))
    return run


def test_a_small_network_learns_tones_hisses_and_clicks(trained: Path) -> None:
    summary = summarise(trained)
    assert summary.mean > 0.8
    assert [score.fold for score in summary.folds] == [1, 2]
    written = json.loads((trained / "summary.json").read_text())
    assert written["accuracy"] == summary.mean


def test_a_run_folder_tells_what_was_run(trained: Path) -> None:
    run = read_run(trained / "fold2")
    assert run.test_fold == 2
    assert run.recipe == recipe_with()
    names = {path.name for path in (trained / "fold2").iterdir()}
    assert {
        *("config.yaml", "revision.json", "metrics.csv", "curves.png", "tensorboard"),
        *("last.safetensors", "ema.safetensors", "scores.npz", "scores.json"),
    } <= names


def test_scores_are_of_the_test_fold_alone(trained: Path, data: PreparedData) -> None:
    with np.load(trained / "fold1" / "scores.npz") as table:
        names = sorted(table["names"].tolist())
        np.testing.assert_allclose(table["probabilities"].sum(axis=1), 1, rtol=1e-5)
    tested = [
        path.name
        for path, fold in zip(data.table.paths, data.table.folds, strict=True)
        if fold == 1
    ]
    assert names == sorted(tested)


def test_evaluating_again_gives_the_same_scores(trained: Path, data: PreparedData) -> None:
    before = summarise(trained)
    scores = tuple(evaluate_folds(trained, data))
    assert scores == before.folds


def test_a_finished_fold_is_not_trained_again(trained: Path, data: PreparedData) -> None:
    path = trained / "fold1" / "last.safetensors"
    before = path.stat().st_mtime_ns
    list(train_folds(recipe_with(), data, trained, folds=(1,), progress=False))
    assert path.stat().st_mtime_ns == before


def test_another_recipe_is_refused_in_the_same_folder(trained: Path, data: PreparedData) -> None:
    changed = recipe_with(optimiser={"lr": 0.5})
    with pytest.raises(ConfigError, match=r"optimiser\.lr"):
        list(train_folds(changed, data, trained, folds=(1,), progress=False))


def test_a_stopped_training_ends_as_an_undisturbed_one(
    trained: Path, data: PreparedData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kikimimi.training import loop

    save = loop.save_checkpoint

    def save_and_stop(path: Path, state: dict) -> None:
        save(path, state)
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "save_checkpoint", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        list(train_folds(recipe_with(), data, tmp_path, folds=(1,), progress=False))
    monkeypatch.undo()
    list(train_folds(recipe_with(), data, tmp_path, folds=(1,), progress=False))
    resumed = load_file(tmp_path / "fold1" / "ema.safetensors")
    for name, weights in load_file(trained / "fold1" / "ema.safetensors").items():
        assert torch.equal(resumed[name], weights), name


def test_an_exploding_loss_ends_in_one_clear_error(data: PreparedData, tmp_path: Path) -> None:
    recipe = recipe_with(
        optimiser={"name": "sgd", "lr": 1e30}, loop={"epochs": 2, "gradient_clip": None}
    )
    with pytest.raises(KikimimiError, match="epoch") as caught:
        list(train_folds(recipe, data, tmp_path, folds=(1,), progress=False))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"name": "residual_cn"}, "did you mean 'residual_cnn'"),
        ({"name": "residual_cnn", "options": {"widths": 3}}, "unknown key 'widths'"),
    ],
)
def test_a_wrong_network_is_refused_before_training(
    data: PreparedData, tmp_path: Path, network: dict, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        list(train_folds(recipe_with(network=network), data, tmp_path, folds=(1,), progress=False))


def test_a_fold_that_does_not_exist_is_refused(data: PreparedData, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no fold 9"):
        list(train_folds(recipe_with(), data, tmp_path, folds=(9,), progress=False))


def test_weights_of_another_network_are_refused(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fold1"
    folder.mkdir()
    (folder / "config.yaml").write_bytes((trained / "fold1" / "config.yaml").read_bytes())
    (folder / "ema.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ConfigError, match=r"ema\.safetensors"):
        load_classifier(folder, 3)
    with pytest.raises(ConfigError, match=r"last\.safetensors: not there"):
        load_classifier(folder, 3, weights="last")


def test_an_ensemble_of_a_run_with_itself_is_the_run(trained: Path) -> None:
    assert score_ensemble([trained, trained]).mean == summarise(trained).mean


def test_runs_of_other_folds_make_no_ensemble(
    trained: Path, data: PreparedData, tmp_path: Path
) -> None:
    list(train_folds(recipe_with(), data, tmp_path, folds=(1,), progress=False))
    with pytest.raises(ConfigError, match="different folds"):
        score_ensemble([trained, tmp_path])


def test_the_confusion_matrix_counts_every_test_clip(trained: Path) -> None:
    counts = confusion_of([trained], class_count=3)
    summary = summarise(trained)
    assert counts.sum() == sum(score.clips for score in summary.folds)
    assert np.trace(counts) / counts.sum() == pytest.approx(summary.mean, abs=1e-9)


def test_an_inner_fold_is_watched_and_not_trained_on(data: PreparedData, tmp_path: Path) -> None:
    recipe = recipe_with(data={"name": "folders", "clip_s": 2.0, "inner_fold": 3})
    recipe = replace(recipe, loop=replace(recipe.loop, epochs=2))
    list(train_folds(recipe, data, tmp_path, folds=(1,), progress=False))
    header, *rows = (tmp_path / "fold1" / "metrics.csv").read_text().splitlines()
    assert "inner_accuracy" in header
    assert len(rows) == 2


def test_deviation_is_that_of_a_sample() -> None:
    scores = [FoldScore(1, 0.8, 10), FoldScore(2, 0.9, 10)]
    summary = summary_of(scores)
    assert summary.mean == pytest.approx(0.85)
    assert summary.deviation == pytest.approx(0.1 / 2**0.5)


def test_nothing_trained_is_said_so(tmp_path: Path) -> None:
    for refused in (folds_module.finished_folds, summarise):
        with pytest.raises(ConfigError):
            refused(tmp_path)


def test_many_labels_are_judged_by_average_precision() -> None:
    """Oracle: by hand; the third class is in no clip."""
    targets = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    probabilities = np.array([[0.9, 0.6, 0], [0.4, 0.5, 0], [0.5, 0.1, 0]], np.float32)
    metric, value = figure_of_merit(probabilities, targets, multi_label=True)
    first = (1 / 1 + 2 / 3) / 2
    second = (1 / 2 + 2 / 3) / 2
    assert metric == "mean_average_precision"
    assert value == pytest.approx((first + second) / 2)
