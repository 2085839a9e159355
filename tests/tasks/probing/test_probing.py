"""Linear, nearest-neighbour and few-shot evaluation of embeddings."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dataset_layouts import make_fsd50k, write_sound
from kikimimi.audio.writing import write_wav
from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import ConfigError
from kikimimi.tasks.probing.data import ProbeData, load_probe_data, parts_of
from kikimimi.tasks.probing.embeddings import unit_clip, unit_embeddings
from kikimimi.tasks.probing.encoders import EncoderChoice
from kikimimi.tasks.probing.evaluation import (
    few_shot_scores,
    linear_scores,
    neighbour_fold_scores,
    summarise,
)
from kikimimi.tasks.probing.linear import Examples, LinearSettings, choose_lr, fit_linear, score
from kikimimi.tasks.probing.neighbours import neighbour_scores
from kikimimi.types import Clip

QUICK = LinearSettings(epochs=60)


def clouds(
    seed: int, *, classes: int = 4, per_fold: int = 10, size: int = 8, spread: float = 1.0
) -> tuple[ProbeData, np.ndarray]:
    """Clips of five folds whose embeddings are normal about the centre of their class."""
    generator = np.random.default_rng(seed)
    targets = np.tile(np.repeat(np.arange(classes), per_fold), 5)
    centres = generator.standard_normal((classes, size))
    points = centres[targets] + spread * generator.standard_normal((len(targets), size))
    scaled = points * np.logspace(-2, 2, size) + 5  # dimensions of very different sizes
    data = ProbeData(
        name="clouds",
        paths=tuple(Path(f"{n}.wav") for n in range(len(targets))),
        class_names=tuple(f"class {n}" for n in range(classes)),
        targets=targets,
        folds=np.repeat(np.arange(1, 6), classes * per_fold),
        test_folds=(1, 2, 3, 4, 5),
        validation_fold=0,
        unit_s=1.0,
    )
    return data, scaled.astype(np.float32)


@pytest.mark.parametrize("seed", [42, 43])
def test_the_probe_is_as_good_as_scikit_learn(seed: int) -> None:
    """Oracle: StandardScaler and LogisticRegression on the same split of real features."""
    points, targets = load_digits(return_X_y=True)
    train, held, test = np.split(np.random.default_rng(seed).permutation(len(points)), [1100, 1250])
    oracle = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    expected = oracle.fit(points[train], targets[train]).score(points[test], targets[test])
    clips = Examples(points.astype(np.float32), targets)
    probe = fit_linear(
        clips.at(train), clips.at(held), LinearSettings(), classes=10, lr=1e-2, seed=seed
    )
    found = score(probe.logits(clips.at(test).embeddings), targets[test])[1]
    assert abs(found - expected) <= 0.015


def test_many_labels_at_once_are_learned_by_binary_cross_entropy() -> None:
    generator = np.random.default_rng(0)
    points = generator.standard_normal((300, 6)).astype(np.float32)
    targets = (points[:, :3] + points[:, 3:] > 0).astype(np.float32)
    train, test = Examples(points[:200], targets[:200]), Examples(points[200:], targets[200:])
    settings = LinearSettings(epochs=25, batch_size=50)
    probe = fit_linear(train, train, settings, classes=3, lr=1e-2, seed=0)
    metric, value = score(probe.logits(test.embeddings), test.targets)
    assert metric == "mean_average_precision"
    assert value > 0.95


def test_the_same_seed_gives_the_same_probe_whatever_was_drawn_before() -> None:
    data, points = clouds(3)
    examples = Examples(points, data.targets)
    probes = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        probes.append(fit_linear(examples, examples, QUICK, classes=4, lr=1e-2, seed=42))
    np.testing.assert_array_equal(probes[0].weights, probes[1].weights)
    other = fit_linear(examples, examples, QUICK, classes=4, lr=1e-2, seed=43)
    assert not np.array_equal(other.weights, probes[0].weights)


def test_the_best_state_on_the_validation_part_is_kept() -> None:
    """With a validation part of wrong labels no epoch is better than the first ones."""
    data, points = clouds(4, spread=0.1)
    train = Examples(points, data.targets)
    wrong = Examples(points[:40], (data.targets[:40] + 1) % 4)
    probe = fit_linear(train, wrong, LinearSettings(patience=5), classes=4, lr=1e-2, seed=0)
    assert probe.validation == score(probe.logits(wrong.embeddings), wrong.targets)[1]
    assert probe.epochs < 20


def test_a_dimension_that_never_varies_does_no_harm() -> None:
    data, points = clouds(5)
    points[:, 2] = 1234.5
    probe = fit_linear(*(Examples(points, data.targets),) * 2, QUICK, classes=4, lr=1e-2, seed=0)
    assert np.isfinite(probe.logits(points)).all()


def test_a_learning_rate_is_chosen_by_the_validation_part() -> None:
    data, points = clouds(6, spread=0.3)
    train, held = (
        Examples(points[:160], data.targets[:160]),
        Examples(points[160:], data.targets[160:]),
    )
    settings = LinearSettings(epochs=5, batch_size=160)
    assert choose_lr(train, held, settings, classes=4, seed=0, candidates=(1e-7, 1e-1)) == 1e-1


def test_folds_and_seeds_are_all_tested_and_summarised() -> None:
    data, points = clouds(7, spread=0.5)
    scores = list(linear_scores(data, lambda fold: points, QUICK, lr=1e-2, folds=(1, 3)))
    assert [(each.fold, each.seed) for each in scores] == [
        (fold, seed) for fold in (1, 3) for seed in (42, 43, 44)
    ]
    summary = summarise(scores)
    assert summary.estimate.mean == pytest.approx(np.mean([each.value for each in scores]))
    assert len(summary.by_seed) == 3
    assert set(summary.by_fold) == {1, 3}
    assert summary.estimate.mean > 0.8


def test_no_test_clip_trains_the_scaler_or_the_probe_or_is_chosen_on() -> None:
    """Test clips moved far away change what is predicted for them and nothing else."""
    data, points = clouds(8)
    moved = points.copy()
    moved[data.folds == 2] += 1e4
    parts = parts_of(data, test_fold=2, seed=42)
    probes = [
        fit_linear(
            *(Examples(p, data.targets).at(rows) for rows in (parts.train, parts.validation)),
            QUICK, classes=4, lr=1e-2, seed=42,
        )
        for p in (points, moved)
    ]  # fmt: skip
    np.testing.assert_array_equal(probes[0].weights, probes[1].weights)
    assert not set(parts.test) & (set(parts.train) | set(parts.validation))
    assert len(parts.validation) == round(0.1 * (len(points) - len(parts.test)))


def test_each_fold_may_have_embeddings_of_its_own() -> None:
    data, points = clouds(9)
    asked: list[int] = []

    def embeddings(fold: int) -> np.ndarray:
        asked.append(fold)
        return points

    list(linear_scores(data, embeddings, QUICK, lr=1e-2, folds=(2, 5), seeds=(1,)))
    assert asked == [2, 5]
    choice = EncoderChoice("runs/fold{fold}/encoder")
    assert choice.is_per_fold
    assert EncoderChoice("placeholder").create(3).card.name == "placeholder"


def test_nearest_neighbours_agree_with_scikit_learn() -> None:
    data, points = clouds(10, spread=1.5)
    test = data.folds == 1
    for k in (1, 5):
        oracle = KNeighborsClassifier(k, metric="cosine").fit(points[~test], data.targets[~test])
        votes = neighbour_scores(
            Examples(points[~test], data.targets[~test]), points[test], k=k, classes=4
        )
        shares = oracle.predict_proba(points[test])
        np.testing.assert_allclose(np.round(votes), k * shares, atol=1e-6)
    with pytest.raises(ConfigError, match="choose k from 1 to"):
        neighbour_scores(Examples(points[:3], data.targets[:3]), points, k=4, classes=4)


def test_few_shots_are_drawn_alike_and_more_of_them_do_better() -> None:
    data, points = clouds(11, per_fold=20, spread=1.0)
    points = ((points - points.mean(axis=0)) / points.std(axis=0)).astype(np.float32)
    reached = []
    for shots in (1, 10):
        scores = list(few_shot_scores(data, lambda fold: points, shots=shots, draws=10))
        assert len(scores) == 50
        assert scores == list(few_shot_scores(data, lambda fold: points, shots=shots, draws=10))
        reached.append(summarise(scores))
    assert reached[1].estimate.mean > reached[0].estimate.mean > 0.3
    assert reached[0].deviation > 0
    two = summarise(list(few_shot_scores(data, lambda fold: points, shots=1, ways=2, draws=10)))
    assert two.estimate.mean > reached[0].estimate.mean  # two classes are easier to tell than four


@pytest.mark.parametrize(("shots", "ways"), [(81, None), (1, 5), (1, 1)])
def test_impossible_episodes_are_refused(shots: int, ways: int | None) -> None:
    data, points = clouds(12, per_fold=20)
    with pytest.raises(ConfigError, match=r"choose 2 to 4|ask for fewer"):
        list(few_shot_scores(data, lambda fold: points, shots=shots, ways=ways))


def test_official_splits_and_several_labels_of_a_data_set(tmp_path: Path, monkeypatch) -> None:
    make_fsd50k(tmp_path, monkeypatch)
    data = load_probe_data("fsd50k", tmp_path)
    assert data.unit_s == 7.6358
    assert (data.test_folds, data.validation_fold) == ((3,), 2)
    assert data.targets.shape == (8, 3)
    parts = parts_of(data, test_fold=3, seed=0)
    assert [len(parts.train), len(parts.validation), len(parts.test)] == [4, 2, 2]
    points = np.random.default_rng(0).standard_normal((8, 4)).astype(np.float32)
    (found,) = neighbour_fold_scores(data, lambda fold: points, k=2)
    assert found.metric == "mean_average_precision"
    for fold in (2, 9):
        with pytest.raises(ConfigError, match=f"no test fold {fold}"):
            parts_of(data, test_fold=fold, seed=0)
    with pytest.raises(ConfigError, match="one label for each clip"):
        list(few_shot_scores(data, lambda fold: points, shots=1))


def test_clips_are_cut_and_filled_up_to_the_unit(tmp_path: Path) -> None:
    samples = np.linspace(-0.5, 0.5, 16000, dtype=np.float32)
    path = tmp_path / "ramp.wav"
    write_wav(path, Clip(samples[None], 16000))
    cut = unit_clip(path, 0.5, 16000)
    np.testing.assert_allclose(cut, samples[:8000], atol=1e-4)
    long = unit_clip(path, 1.5, 16000)
    assert long.shape == (24000,)
    assert not long[16000:].any()


def test_embeddings_are_made_once_for_each_encoder_unit_and_layers(tmp_path: Path) -> None:
    for label in ("a", "b"):
        for number in range(2):
            write_sound(tmp_path / "data" / label / f"{number}.wav", number)
    told: list[int] = []
    found = {}
    for name, unit_s in (("placeholder", 0.1), ("placeholder", 0.2), ("logmel_statistics", 0.1)):
        encoder = load_encoder(name)
        data = load_probe_data("folders", tmp_path / "data", unit_s=unit_s)
        for _ in range(2):
            found[name, unit_s] = unit_embeddings(
                data, encoder, cache=tmp_path / "cache",
                progress=lambda done, total, path, seconds: told.append(done),
            )  # fmt: skip
    assert len(told) == 12
    assert len(list((tmp_path / "cache").iterdir())) == 3
    assert not np.array_equal(found["placeholder", 0.1], found["placeholder", 0.2])
