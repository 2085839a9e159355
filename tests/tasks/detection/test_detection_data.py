"""Pieces of recordings, hidden labels, figures, tuning."""

from dataclasses import replace

import numpy as np
import pytest
from detection_toys import CLASSES, data_for, recipe_with
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.datasets.event_records import EventClip
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.tasks.detection.evaluation import all_figures, clip_targets
from kikimimi.tasks.detection.prediction import repeated
from kikimimi.tasks.detection.recipe import SupervisionSettings, TuningSettings
from kikimimi.tasks.detection.segments import segments_of, strong_targets, weak_targets
from kikimimi.tasks.detection.supervision import supervise
from kikimimi.tasks.detection.tuned_decoding import tuned_on
from kikimimi.types import Event


def clip_of(path, events, *, duration_s=25.0, labels=None) -> EventClip:
    return EventClip(path, events, labels, "train", None, path.stem, duration_s)


def test_long_recordings_are_cut_with_their_events(tmp_path) -> None:
    events = (Event(8.0, 12.0, "tone"), Event(20.0, 25.0, "hiss"))
    pieces = segments_of([clip_of(tmp_path / "a.wav", events)], clip_s=10.0)
    assert [(p.start_s, p.duration_s) for p in pieces] == [(0, 10), (10, 10), (20, 5)]
    assert [p.events for p in pieces] == [
        (Event(8.0, 10.0, "tone"),),
        (Event(0.0, 2.0, "tone"),),
        (Event(0.0, 5.0, "hiss"),),
    ]
    targets = strong_targets(pieces, CLASSES, frames=500, hop_s=0.02)
    assert targets.sum(axis=1).tolist() == [[0, 0, 100], [0, 0, 100], [0, 250, 0]]
    assert weak_targets(pieces, CLASSES).tolist() == [[0, 0, 1], [0, 0, 1], [0, 1, 0]]


def test_weak_label_of_a_long_recording_is_not_spread_over_its_pieces(tmp_path) -> None:
    weak = clip_of(tmp_path / "a.wav", None, labels=("hiss",))
    assert len(segments_of([weak], clip_s=10.0)) == 1
    assert len(segments_of([clip_of(tmp_path / "b.wav", None)], clip_s=10.0)) == 3


def test_length_is_read_from_the_file_where_nobody_tells_it(soundscapes) -> None:
    clip = replace(soundscapes.clips("test")[0], duration_s=None)
    assert [p.duration_s for p in segments_of([clip], clip_s=1.5)] == [1.5, 0.5]


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 3))
def test_labels_are_hidden_by_clip(strong_share, weak_share, seed) -> None:
    from pathlib import Path

    clips = [clip_of(Path(f"{i}.wav"), ()) for i in range(10)]
    pieces = segments_of(clips, clip_s=10.0)
    settings = SupervisionSettings(strong_share, weak_share, seed)
    found = supervise(pieces, settings)
    together = np.concatenate([found.strong, found.weak, found.unlabelled])
    assert sorted(together.tolist()) == list(range(30))
    assert len(found.strong) == 3 * round(10 * strong_share)
    for kind in (found.strong, found.weak, found.unlabelled):
        assert {n // 3 for n in kind.tolist()} == {n // 3 for n in kind.tolist() if n % 3 == 0}
    more = supervise(pieces, SupervisionSettings(1.0, weak_share, seed))
    assert set(found.strong.tolist()) <= set(more.strong.tolist())


def test_perfect_scores_have_perfect_figures(soundscapes, tmp_path) -> None:
    recipe = recipe_with()
    split = data_for(soundscapes, recipe, tmp_path).split("test")
    grid = [DetectionScores.on_grid(np.zeros((100, 3)), CLASSES, hop_s=0.02)] * len(split)
    truth = [
        DetectionScores.on_grid(t.astype(np.float32), CLASSES, hop_s=0.02)
        for t in clip_targets(split, grid, CLASSES)
    ]
    figures = all_figures(split, truth, CLASSES)
    for name in ("micro_f1", "macro_f1", "micro_auc", "macro_auc", "event_micro_f1", "psds1"):
        assert figures[name] == pytest.approx(1.0), name
    assert figures["error_rate"] == 0.0


def test_filters_and_thresholds_are_tuned_for_each_class(soundscapes, tmp_path) -> None:
    """Scores that flicker want a filter, scores that are low a low threshold."""
    split = data_for(soundscapes, recipe_with(), tmp_path).split("validation")
    generator = np.random.default_rng(0)
    grid = [DetectionScores.on_grid(np.zeros((100, 3)), CLASSES, hop_s=0.02)] * len(split)
    scores = []
    for targets in clip_targets(split, grid, CLASSES):
        values = 0.2 * targets + 0.1
        values[:, 1] += (generator.random(100) < 0.1) * np.where(targets[:, 1], -0.2, 0.2)
        scores.append(DetectionScores.on_grid(values, CLASSES, hop_s=0.02))
    tuned = tuned_on(split, scores, TuningSettings(median_frames=(1, 7)))
    filters = {each.event_label: each.median_frames for each in tuned.classes}
    assert filters == {"click": 1, "hiss": 7, "tone": 1}
    assert all(0.1 < each.threshold < 0.3 for each in tuned.classes)


def test_scores_of_fewer_frames_are_repeated() -> None:
    scores = np.arange(4, dtype=np.float32).reshape(1, 4, 1)
    assert repeated(scores, 8, step=2.0)[0, :, 0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert repeated(scores, 6, step=1.5)[0, :, 0].tolist() == [0, 1, 1, 2, 3, 3]
