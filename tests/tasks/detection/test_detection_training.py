"""Training a detector from end to end, with strong, weak and no labels."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from detection_toys import CLASSES, CLIP_S, data_for, loop, recipe_with
from safetensors.torch import load_file

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.detection.registry import load_detector
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.tasks.detection.exporting import DetectorFacts, export_detector
from kikimimi.tasks.detection.mean_teacher import MeanTeacher, consistency_ramp
from kikimimi.tasks.detection.network import build_network
from kikimimi.tasks.detection.prediction import predict
from kikimimi.tasks.detection.runs import evaluate_detector, load_tagger, train_detector
from kikimimi.tasks.detection.trainable import DetectionTrainable
from kikimimi.training.trainable import Shard


@pytest.fixture(scope="module")
def trained(soundscapes, tmp_path_factory):
    """A run folder, its recipe and its data."""
    recipe = recipe_with()
    place = tmp_path_factory.mktemp("runs")
    data = data_for(soundscapes, recipe, place / "cache")
    train_detector(recipe, data, place / "run", progress=False)
    return place / "run", recipe, data


def test_strong_labels_teach_when_what_sounds(trained) -> None:
    run, _, data = trained
    figures = evaluate_detector(run, data)
    assert figures["fixed"]["micro_f1"] > 0.7
    assert figures["fixed"]["micro_auc"] > 0.95
    assert figures["tuned"]["micro_f1"] > figures["fixed"]["micro_f1"] - 0.05
    saved = json.loads((run / "scores.json").read_text())
    assert saved["fixed"] == figures["fixed"]
    assert saved["clips"] == 8
    assert set(saved["thresholds"]) == set(CLASSES)


def test_finished_training_is_left_alone(trained) -> None:
    run, recipe, data = trained
    before = (run / "last.safetensors").stat().st_mtime_ns
    train_detector(recipe, data, run, progress=False)
    assert (run / "last.safetensors").stat().st_mtime_ns == before


def test_run_folder_of_other_settings_or_classes_is_refused(trained, soundscapes, tmp_path) -> None:
    run, recipe, data = trained
    other = replace(recipe, loss=replace(recipe.loss, name="afl"))
    with pytest.raises(ConfigError, match=r"loss\.name is 'bce' there, 'afl' now"):
        train_detector(other, data, run, progress=False)
    fewer = data_for(replace(soundscapes, classes=("click", "hiss")), recipe, tmp_path)
    with pytest.raises(ConfigError, match=r"not those of the data \(tone\)"):
        evaluate_detector(run, fewer)


def test_resumed_training_has_the_same_bits(soundscapes, tmp_path) -> None:
    """Killed in its last epoch and started again, it ends where the undisturbed one did."""
    recipe = recipe_with(
        loop=loop(3, checkpoint_every=1),
        batch={"strong": 4, "unlabelled": 4},
        supervision={"strong_share": 0.5},
        teacher={"consistency": 1.0},
    )
    data = data_for(soundscapes, recipe, tmp_path / "cache")
    train_detector(recipe, data, tmp_path / "undisturbed", progress=False)
    batches = DetectionTrainable.batches

    class KilledError(Exception):
        pass

    def kill(self, epoch, shard):
        if epoch == 2:
            raise KilledError
        return batches(self, epoch, shard)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DetectionTrainable, "batches", kill)
        with pytest.raises(KilledError):
            train_detector(recipe, data, tmp_path / "killed", progress=False)
    train_detector(recipe, data, tmp_path / "killed", progress=False)
    first, second = (
        load_file(tmp_path / name / "last.safetensors") for name in ("undisturbed", "killed")
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_exported_detector_hears_what_the_run_hears(trained, tmp_path) -> None:
    run, recipe, data = trained
    export_detector(run, tmp_path / "detector", data, DetectorFacts("toy", "toys"))
    detector = load_detector(str(tmp_path / "detector"))
    assert detector.card.classes == CLASSES
    assert detector.card.frame_hop_s == pytest.approx(0.02)
    assert detector.card.window_s == CLIP_S
    split = data.split("test")
    samples = read_clip(split.segments[0].clip.path, sample_rate_hz=16000).samples
    heard = detector.score_frames(samples).scores[0]
    wanted = predict(load_tagger(run), split, recipe, CLASSES)[0].scores
    # the bank of a training holds log-mels in half precision
    np.testing.assert_allclose(heard, wanted, atol=0.02)
    saved = json.loads((run / "scores.json").read_text())
    assert detector.thresholds.tolist() == pytest.approx(list(saved["thresholds"].values()))


def test_loss_learns_with_all_that_goes_on_top(soundscapes, tmp_path) -> None:
    """Sub-sampling, activity detection, graph regularisation and augmentation at once."""
    recipe = recipe_with(
        loss={"name": "afl", "sub_sampling": 0.5, "activity_weight": 0.1, "graph_weight": 1e-6},
        augmentation={"spec_augment": {"frequency_width": 2, "time_width": 2}},
    )
    data = data_for(soundscapes, recipe, tmp_path / "cache")
    train_detector(recipe, data, tmp_path / "run", progress=False)
    assert load_tagger(tmp_path / "run").activity is not None
    assert evaluate_detector(tmp_path / "run", data)["fixed"]["micro_auc"] > 0.9


def test_weak_labels_alone_teach_times(soundscapes, tmp_path) -> None:
    recipe = recipe_with(
        supervision={"strong_share": 0.0, "weak_share": 1.0},
        batch={"strong": 0, "weak": 8},
        loop=loop(20),
    )
    data = data_for(soundscapes, recipe, tmp_path / "cache")
    train_detector(recipe, data, tmp_path / "run", progress=False)
    assert evaluate_detector(tmp_path / "run", data)["fixed"]["micro_auc"] > 0.8


def test_mean_teacher_learns_from_mixed_batches(soundscapes, tmp_path) -> None:
    recipe = recipe_with(
        supervision={"strong_share": 0.34, "weak_share": 0.5},
        batch={"strong": 4, "weak": 4, "unlabelled": 4},
        teacher={"decay": 0.9, "consistency": 2.0, "ramp_epochs": 5},
        loop=loop(20),
    )
    data = data_for(soundscapes, recipe, tmp_path / "cache")
    train_detector(recipe, data, tmp_path / "run", progress=False)
    assert evaluate_detector(tmp_path / "run", data)["fixed"]["micro_auc"] > 0.9
    header = (tmp_path / "run" / "metrics.csv").read_text().splitlines()[0]
    assert {"train_frames", "train_clips", "train_consistency"} <= set(header.split(","))


def test_teacher_trails_its_student_and_has_no_gradient() -> None:
    network = MeanTeacher(torch.nn.Linear(2, 1), decay=0.5)
    with torch.no_grad():
        network.student.weight += 1.0
    before = network.teacher.weight.clone()
    network.follow()
    torch.testing.assert_close(network.teacher.weight, before + 0.5)
    assert not any(p.requires_grad for p in network.teacher.parameters())
    assert network.train().student.training and not network.teacher.training


def test_consistency_rises_to_its_full_weight() -> None:
    weights = [consistency_ramp(step, 10) for step in range(12)]
    assert weights[0] == pytest.approx(np.exp(-5))
    assert weights == sorted(weights)
    assert weights[10] == weights[11] == 1.0
    assert consistency_ramp(0, 0) == 1.0


def test_batches_depend_on_seed_and_epoch_alone_and_visit_every_clip(soundscapes, tmp_path) -> None:
    recipe = recipe_with()
    data = data_for(soundscapes, recipe, tmp_path)
    make = lambda: DetectionTrainable(recipe, build_network(recipe, 3), data)  # noqa: E731
    first, again = (list(make().batches(2, Shard())) for _ in range(2))
    other = list(make().batches(3, Shard()))
    assert len(first) == make().steps_per_epoch(1) == 3
    assert all(torch.equal(a.log_mel, b.log_mel) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0].log_mel, other[0].log_mel)
    seen = {row.numpy().tobytes() for batch in first for row in batch.log_mel}
    assert len(seen) == 24


def test_shards_share_an_epoch_out(soundscapes, tmp_path) -> None:
    recipe = recipe_with(batch={"strong": 6})
    trainable = DetectionTrainable(
        recipe, build_network(recipe, 3), data_for(soundscapes, recipe, tmp_path)
    )
    shards = [list(trainable.batches(0, Shard(rank, 2))) for rank in range(2)]
    assert [len(shard) for shard in shards] == [2, 2]
    seen = [row.numpy().tobytes() for shard in shards for b in shard for row in b.log_mel]
    assert len(set(seen)) == len(seen) == 24


def test_nothing_to_learn_from_is_an_error(soundscapes, tmp_path) -> None:
    unlabelled = tuple(replace(c, events=None, labels=None) for c in soundscapes.clips("train"))
    recipe = recipe_with()
    data = data_for(soundscapes.with_train(unlabelled), recipe, tmp_path)
    with pytest.raises(ConfigError, match="nothing to learn from: 0 strong, 0 weak, 24 unlabelled"):
        train_detector(recipe, data, tmp_path / "run", progress=False)
    recipe = recipe_with(batch={"strong": 4, "unlabelled": 4})
    with pytest.raises(ConfigError, match="teach nothing without a mean teacher"):
        train_detector(recipe, data, tmp_path / "run", progress=False)


def test_unreadable_and_unknown_things_are_named(soundscapes, tmp_path) -> None:
    recipe = recipe_with()
    first, *rest = soundscapes.clips("train")
    missing = replace(first, path=tmp_path / "gone.wav")
    data = data_for(soundscapes.with_train((missing, *rest)), recipe, tmp_path)
    with pytest.raises(DatasetError, match=r"1 of 24 clips cannot be read.*gone\.wav"):
        data.split("train")
    data = data_for(replace(soundscapes, classes=("click", "hiss", "bone")), recipe, tmp_path)
    with pytest.raises(DatasetError, match=r"'tone' is none of the 3 classes.*did you mean 'bone'"):
        DetectionTrainable(recipe, build_network(recipe, 3), data)
