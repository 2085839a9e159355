"""The distillation learns, resumes exactly, and keeps test folds out of training."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("ai_edge_litert", reason="the teacher needs the train extra")

from kikimimi.datasets import esc50
from kikimimi.encoders.mobilenet import MobileNet
from kikimimi.errors import EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import YAMNET
from kikimimi.pretraining.distillation import DistillationConfig, LabelSet, LossWeights, distil
from kikimimi.pretraining.distillation_batches import ViewAugmentation, ViewChoice
from kikimimi.pretraining.distillation_views import (
    SourceClip,
    Views,
    ViewSettings,
    make_views,
    open_views,
)
from kikimimi.pretraining.yamnet_teacher import PATCH_SAMPLES, YamnetTeacher, copy_layers
from kikimimi.training import loop
from kikimimi.training.loop import LoopSettings
from kikimimi.training.run_folder import RunFolder

_CONFIG = DistillationConfig(
    batch_size=4,
    frozen_blocks=10,
    weights=LossWeights(groups=0.5, choice=2.0, contrast=1.0, hashing=1.0),
    augmentation=ViewAugmentation(crop_frames=(128,)),
    loop=LoopSettings(epochs=2, gradient_clip=1.0, ema_decay=0.9, figures_every=0),
)
_LABELS = LabelSet(categories=tuple(range(50)), groups=tuple(n // 10 for n in range(50)))


@pytest.fixture(scope="module")
def teacher_path(shared_folder: Path) -> Path:
    return shared_folder / "weights" / "yamnet" / "yamnet.tflite"


@pytest.fixture(scope="module")
def views(shared_data: Path, teacher_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Views:
    clips = [clip for clip in esc50.clips(shared_data / "esc50") if clip.target in (0, 1)]
    sources = [SourceClip(clip.path, clip.fold, clip.target) for clip in clips[::8]]
    folder = tmp_path_factory.mktemp("views")
    return make_views(folder, sources, teacher_path, ViewSettings(versions=2))


def test_the_student_starts_as_its_teacher(teacher_path: Path, shared_data: Path) -> None:
    """Layers copied from the int8 file give the scores of the original graph on one patch."""
    network = MobileNet().eval()
    copy_layers(teacher_path, network)
    teacher = YamnetTeacher(teacher_path)
    front_end = LogMel(YAMNET)
    found, likeness = [], []
    for clip in esc50.clips(shared_data / "esc50")[::50]:
        samples = _loudest_patch(clip.path)
        expected = teacher.patch_scores(samples)[0]
        log_mel = torch.from_numpy(front_end(samples).T.copy())[None]
        with torch.inference_mode():
            got = torch.sigmoid(network(log_mel).event_logits[0, 1]).numpy()
        found.append(expected.argmax() in np.argsort(-got)[:3])
        likeness.append(expected @ got / np.linalg.norm(expected) / np.linalg.norm(got))
    # int8 activations and an int8 mel matrix in the teacher make the scores of some clips differ
    assert np.mean(found) >= 0.85
    assert np.median(likeness) > 0.99


def test_a_file_that_is_no_teacher_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"absent\.tflite"):
        YamnetTeacher(tmp_path / "absent.tflite")


def test_views_never_mix_folds(views: Views) -> None:
    """A view's label holds only classes of clips of its own fold (here: of both classes)."""
    assert views.log_mel.shape[0] == views.events.shape[0] == len(views.folds)
    labelled = views.classes[~np.isnan(views.classes[:, 0])]
    np.testing.assert_allclose(labelled.sum(axis=1), 1, atol=1e-5)
    assert np.isfinite(views.log_mel.astype(np.float32)).all()


def test_views_are_made_once(views: Views, shared_data: Path, teacher_path: Path) -> None:
    folder = Path(views.log_mel.filename).parent  # type: ignore[arg-type]
    again = open_views(folder)
    np.testing.assert_array_equal(again.classes, views.classes)


def test_training_resumes_to_the_same_weights(
    views: Views, teacher_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _distilled(views, teacher_path, tmp_path / "whole")
    _stop_after_first_epoch(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        _distilled(views, teacher_path, tmp_path / "parts")
    monkeypatch.undo()
    resumed = _distilled(views, teacher_path, tmp_path / "parts")
    for name, weights in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], weights, rtol=0, atol=1e-6)


def test_the_test_fold_changes_nothing(views: Views, teacher_path: Path, tmp_path: Path) -> None:
    """Scrambling the views of the test fold leaves the trained weights as they are."""
    scrambled = replace(
        views,
        log_mel=np.where((views.folds == 1)[:, None, None], np.float16(0), views.log_mel),
        classes=np.where((views.folds == 1)[:, None], np.float32(0.5), views.classes),
    )
    config = replace(_CONFIG, loop=replace(_CONFIG.loop, epochs=1))
    first = _distilled(views, teacher_path, tmp_path / "first", config)
    second = _distilled(scrambled, teacher_path, tmp_path / "second", config)
    for name, weights in first.state_dict().items():
        assert torch.equal(second.state_dict()[name], weights), name


def test_the_encoder_carries_binary_codes_that_the_heads_learned(
    views: Views, teacher_path: Path, tmp_path: Path
) -> None:
    encoder = _distilled(views, teacher_path, tmp_path)
    assert encoder.config.hash_bits == (16, 32, 48, 64, 128)
    assert encoder.state_dict()["hash.48.weight"].shape == (48, 128)


def test_held_out_categories_are_in_no_view_of_a_training(views: Views) -> None:
    """Views of other clips that hold a share of such a category are left out as well."""
    choice = ViewChoice(views, test_fold=None, categories=tuple(range(1, 50)))
    picked = np.concatenate(list(choice.epoch(1, np.random.default_rng(0))))
    assert len(picked) == len(choice) > 0
    assert (views.classes[picked, 0] == 0).all()
    everything = ViewChoice(views, test_fold=None, categories=tuple(range(50)))
    assert len(everything) > len(choice)


def _distilled(
    views: Views, teacher: Path, folder: Path, config: DistillationConfig = _CONFIG
) -> MobileNet:
    return distil(views, teacher, config, _LABELS, test_fold=1, run=RunFolder(folder, config))


def _loudest_patch(path: Path) -> np.ndarray:
    from kikimimi.audio.reading import read_clip

    samples = read_clip(path, sample_rate_hz=16000, mono=True).samples[0]
    energy = np.convolve(samples**2, np.ones(PATCH_SAMPLES), mode="valid")
    start = int(energy.argmax())
    return samples[start : start + PATCH_SAMPLES]


def _stop_after_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    save = loop.save_checkpoint

    def save_and_stop(path: Path, state: dict) -> None:
        save(path, state)
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "save_checkpoint", save_and_stop)
