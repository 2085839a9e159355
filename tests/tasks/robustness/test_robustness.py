"""Robustness scores: what is measured, what is kept, and what is refused."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.audio.conditions import condition_names, named_condition
from kikimimi.datasets import esc50
from kikimimi.datasets.esc50 import CATEGORIES, FOLDS
from kikimimi.encoders.default import DefaultEncoder
from kikimimi.encoders.weights import embedded_folder
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.tasks.robustness.clips import ClipSet, choose, recorded
from kikimimi.tasks.robustness.encoder_weights import embedder, encoder_without_fold
from kikimimi.tasks.robustness.methods import Heard
from kikimimi.tasks.robustness.probes import Probes
from kikimimi.tasks.robustness.recipe import (
    ClipSettings,
    NetworkTraining,
    ProbeSettings,
    RobustnessRecipe,
)
from kikimimi.tasks.robustness.report import markdown, summary
from kikimimi.tasks.robustness.run import main
from kikimimi.tasks.robustness.scoring import (
    cosine_distances,
    mean_distance_between_classes,
    score,
)
from kikimimi.tasks.robustness.trainables import CropBatches
from kikimimi.training.config import load_recipe
from kikimimi.training.trainable import Shard

_RECIPE = Path(__file__).resolve().parents[3] / "recipes" / "robustness" / "base.yaml"
_TINY = f"""
base: {_RECIPE}
conditions: [level_-12, noise_white_0]
clips: {{clip_s: 1.0, per_category_and_fold: 1}}
autoencoder:
  options: {{channels: [4, 4, 4, 4], bottleneck: 4}}
  crop_frames: 32
  loop: {{epochs: 1}}
plain_cnn:
  options: {{channels: [4, 4, 4, 4]}}
  crop_frames: 32
  loop: {{epochs: 1}}
"""


@pytest.fixture(scope="module")
def tiny_esc50(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ESC-50's layout with one second-long tone a category and fold, its pitch the category's."""
    root = tmp_path_factory.mktemp("tiny")
    (root / "meta").mkdir()
    (root / "audio").mkdir()
    rows = ["filename,fold,target,category,esc10,src_file,take"]
    time_s = np.arange(16000) / 16000
    rng = np.random.default_rng(0)
    for fold in FOLDS:
        for target, category in enumerate(CATEGORIES):
            name = f"{fold}-{100 * fold + target}-A-{target}.wav"
            tone = 0.3 * np.sin(2 * np.pi * 200 * 1.06**target * time_s)
            noise = 0.01 * rng.standard_normal(time_s.size)
            soundfile.write(root / "audio" / name, tone + noise, 16000, subtype="PCM_16")
            rows.append(f"{name},{fold},{target},{category},False,{100 * fold + target},A")
    (root / "meta" / "esc50.csv").write_text("\n".join(rows) + "\n")
    return root


@pytest.fixture
def tiny_recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(_TINY)
    return path


@dataclass
class _Loudness:
    """A listener whose embedding is the level, and which knows loud from quiet."""

    heard: int = 0

    def hear(self, waveforms: np.ndarray) -> Heard:
        self.heard += 1
        rms = np.sqrt(np.mean(np.square(waveforms), axis=1))
        return Heard(np.stack([rms, np.ones_like(rms)], 1), {"level": (rms > 0.1).astype(int)})


def _clip_set(levels: list[float], targets: list[int]) -> ClipSet:
    noise = np.random.default_rng(0).standard_normal((len(levels), 8000))
    waveforms = (np.array(levels)[:, None] * noise).astype(np.float32)
    paths = tuple(Path(f"{number}.wav") for number in range(len(levels)))
    return ClipSet(waveforms, np.array(targets), paths, 16000)


def test_a_shift_that_turns_answers_wrong_lowers_the_accuracy() -> None:
    """By hand: -12 dB makes the loud clips quiet; they are half of all."""
    test = _clip_set([0.2, 0.2, 0.05, 0.05], [1, 1, 0, 0])
    conditions = {name: named_condition(name) for name in ("level_-12", "level_-6")}
    scores = dict(score(_Loudness(), test, conditions, seed=0))
    assert list(scores) == ["clean", "level_-12", "level_-6"]
    assert scores["clean"]["accuracy"] == {"level": 1.0}
    assert scores["clean"]["cosine_distance"] == pytest.approx(0, abs=1e-12)
    assert scores["level_-12"]["accuracy"] == {"level": 0.5}
    assert scores["level_-12"]["cosine_distance"] > scores["level_-6"]["cosine_distance"] > 0


@given(st.floats(0, np.pi))
def test_cosine_distance_is_one_minus_the_cosine(angle: float) -> None:
    first = np.array([[2.0, 0.0]])
    second = 5 * np.array([[np.cos(angle), np.sin(angle)]])
    assert cosine_distances(first, second)[0] == pytest.approx(1 - np.cos(angle), abs=1e-9)


def test_distance_between_classes_counts_pairs_of_different_classes_only() -> None:
    rows = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], np.float32)
    assert mean_distance_between_classes(rows, np.array([0, 0, 1])) == pytest.approx(1.0)
    assert mean_distance_between_classes(rows, np.array([0, 0, 0])) == 0.0


def test_copies_are_the_same_in_any_order_and_differ_between_clips() -> None:
    clips = _clip_set([0.1, 0.1], [0, 1])
    noise = named_condition("noise_white_0")
    both = recorded(clips, "noise_white_0", noise, seed=1)
    second = ClipSet(clips.waveforms[1:], clips.targets[1:], clips.paths[1:], 16000)
    np.testing.assert_array_equal(both[1:], recorded(second, "noise_white_0", noise, seed=1))
    added = both - clips.waveforms
    assert abs(np.corrcoef(added)[0, 1]) < 0.1
    other_seed = recorded(clips, "noise_white_0", noise, seed=2)
    assert not np.array_equal(both, other_seed)


def test_the_test_fold_never_trains(tiny_esc50: Path) -> None:
    clips = esc50.clips(tiny_esc50)
    train, test = choose(clips, test_fold=3, per_category_and_fold=8)
    assert {clip.fold for clip in test} == {3}
    assert {clip.fold for clip in train} == {1, 2, 4, 5}
    with pytest.raises(ConfigError, match="fold 7 cannot be tested"):
        choose(clips, test_fold=7, per_category_and_fold=8)


def test_probes_separate_what_is_separable() -> None:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((4, 8)) * 5
    targets = np.repeat(np.arange(4), 20)
    train, test = (
        (centres[targets] + rng.standard_normal((80, 8))).astype(np.float32) for _ in range(2)
    )
    predicted = Probes(train, targets, ProbeSettings()).predict(test)
    assert set(predicted) == {"linear", "k-NN"}
    for found in predicted.values():
        assert (found == targets).mean() > 0.95


def test_batches_depend_on_seed_and_epoch_and_take_each_clip_once() -> None:
    log_mel = torch.arange(20.0)[:, None, None].expand(20, 2, 10)
    settings = NetworkTraining(batch_size=4, crop_frames=6)
    source = CropBatches(log_mel, np.arange(20), settings)
    first, again = (list(source.batches(3, Shard())) for _ in range(2))
    assert len(first) == source.steps_per_epoch(1) == 5
    assert sorted(torch.cat([batch.targets for batch in first]).tolist()) == list(range(20))
    for one, other in zip(first, again, strict=True):
        assert one.log_mel.shape == (4, 2, 6)
        torch.testing.assert_close(one.log_mel, other.log_mel)
        torch.testing.assert_close(one.log_mel[:, 0, 0], one.targets.float())
    next_epoch = torch.cat([batch.targets for batch in source.batches(4, Shard())])
    assert not torch.equal(next_epoch, torch.cat([batch.targets for batch in first]))


def test_an_encoder_without_the_fold_embeds_as_by_its_path(tmp_path: Path) -> None:
    shutil.copytree(embedded_folder("kikimimi"), tmp_path / "fold1" / "encoder")
    clips = (0.1 * np.random.default_rng(0).standard_normal((3, 40000))).astype(np.float32)
    encoder = encoder_without_fold(str(tmp_path / "fold{fold}" / "encoder"), 1)
    expected = DefaultEncoder().load().embed_clips(clips)
    np.testing.assert_array_equal(embedder(encoder)(clips), expected)


def test_encoders_that_cannot_be_judged_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape("{fold}")):
        encoder_without_fold("kikimimi", 1)
    with pytest.raises(EncoderError, match="fold2: there is no encoder"):
        encoder_without_fold(str(tmp_path / "fold{fold}"), 2)


def _part(method: str, fold: int, clean: float, shifted: float) -> dict:
    def entry(accuracy: float, moved: float) -> dict:
        return {
            "accuracy": {"linear": accuracy},
            "cosine_distance": moved,
            "relative_distance": 2 * moved,
        }

    conditions = {"clean": entry(clean, 0.0), "room_small": entry(shifted, 0.25)}
    return {"method": method, "fold": fold, "made_with": "", "conditions": conditions}


def test_the_summary_has_mean_deviation_and_relative_drop() -> None:
    result = summary([_part("a", 1, 0.8, 0.4), _part("a", 2, 0.6, 0.3), _part("b", 1, 0.5, 0.5)])
    shifted = result["systems"]["a, linear"]["room_small"]
    assert shifted["accuracy"] == pytest.approx(0.35)
    assert shifted["accuracy_sd"] == pytest.approx(np.std([0.4, 0.3], ddof=1))
    assert shifted["relative_drop"] == pytest.approx(0.5)
    table = markdown(result)
    assert "| room_small | 35.0 ± 7.1 (-50 %) | 50.0 ± 0.0 (-0 %) |" in table
    assert "| clean | 70.0 ± 14.1 | 50.0 ± 0.0 |" in table
    assert "| room_small | 0.250 (0.50) | 0.250 (0.50) |" in table


def test_a_run_scores_all_methods_and_goes_on_where_it_stopped(
    tiny_esc50: Path, tiny_recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    weights = tmp_path / "fold{fold}"
    shutil.copytree(embedded_folder("kikimimi"), tmp_path / "fold2")
    call = [str(tiny_recipe), "--data", str(tiny_esc50), "--run", str(run), "--folds", "2"]
    assert main([*call, "--methods", "autoencoder"]) == 0
    before = (run / "fold2" / "autoencoder.json").stat().st_mtime_ns
    assert main([*call, "--encoder", f"mine={weights}"]) == 0
    assert (run / "fold2" / "autoencoder.json").stat().st_mtime_ns == before
    result = json.loads((run / "scores.json").read_text())
    assert list(result["systems"]) == [
        *("autoencoder, linear", "autoencoder, k-NN", "plain_cnn, own head"),
        *("mine, linear", "mine, k-NN"),
    ]
    for scores in result["systems"].values():
        assert list(scores) == ["clean", "level_-12", "noise_white_0"]
    # pitches a semitone apart are plain to bottleneck features even after one epoch
    assert result["systems"]["autoencoder, linear"]["clean"]["accuracy"] > 0.3
    assert (run / "scores.md").read_text() in capsys.readouterr().out

    config = tmp_path / "fold2" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"name": "another"}))
    assert main([*call, "--encoder", f"mine={weights}"]) == 2
    assert "was made with another recipe or other weights" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--folds", "9"], "fold 9 cannot be tested"),
        (["--encoder", "no-pattern"], "write NAME=PATTERN"),
        (["--encoder", "plain_cnn=x{fold}"], "is taken"),
        (["--encoder", "mine=./absent{fold}"], "absent1: there is no encoder"),
        (["--methods"], "nothing is to be scored"),
    ],
)
def test_a_wrong_call_is_refused_before_anything_is_trained(
    tiny_esc50: Path, tiny_recipe: Path, tmp_path: Path, capsys, extra, message: str
) -> None:
    run = tmp_path / "run"
    assert main([str(tiny_recipe), "--data", str(tiny_esc50), "--run", str(run), *extra]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not run.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("conditions: [room_smal]", "did you mean 'room_small'"),
        ("conditions: [room_small, room_small]", "stands twice"),
        ("condition: [room_small]", "unknown key 'condition'"),
        ("autoencoder: {options: {chanels: [4]}}", "unknown key 'chanels'"),
        ("plain_cnn: {options: {dropout: 2.0}}", "dropout must lie in"),
    ],
)
def test_a_wrong_recipe_is_refused(tiny_esc50: Path, tmp_path: Path, capsys, text, message) -> None:
    recipe = tmp_path / "wrong.yaml"
    recipe.write_text(text)
    assert main([str(recipe), "--data", str(tiny_esc50), "--run", str(tmp_path / "run")]) == 2
    assert message in capsys.readouterr().err


def test_the_shipped_recipe_names_conditions_that_exist() -> None:
    recipe = load_recipe(_RECIPE, RobustnessRecipe)
    assert set(recipe.conditions) <= set(condition_names())
    assert recipe.clips == ClipSettings()
