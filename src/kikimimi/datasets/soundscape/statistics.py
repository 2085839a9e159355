"""Figures of a split: how long each class sounds, how events overlap and come together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from kikimimi.types import Event

FRAME_S = 0.02
_PERCENTILES = (5, 50, 95)


def split_statistics(
    events_by_clip: Mapping[str, Sequence[Event]],
    *,
    classes: Sequence[str],
    scene_of: Mapping[str, str],
    clip_s: float,
    durations_s: Mapping[str, Sequence[float]],
) -> dict[str, Any]:
    """Count frames of 20 ms, durations, polyphony and co-occurrence.

    Args:
        events_by_clip: the events of every clip.
        classes: in their order.
        scene_of: scene of each clip.
        clip_s: length of each clip.
        durations_s: lengths of the whole events of each class, before clips were cut.
    """
    frames = round(clip_s / FRAME_S)
    active: Counter[str] = Counter()
    clips: Counter[str] = Counter()
    polyphony: Counter[int] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for events in events_by_clip.values():
        matrix = _activity(events, classes, frames)
        active.update(dict(zip(classes, matrix.sum(axis=0).tolist(), strict=True)))
        present = [classes[number] for number in np.flatnonzero(matrix.any(axis=0)).tolist()]
        clips.update(present)
        together.update(combinations(present, 2))
        polyphony.update(matrix.sum(axis=1).tolist())
    total = frames * len(events_by_clip)
    counts = [active[name] for name in classes if active[name]]
    return {
        "clips": len(events_by_clip),
        "minutes": round(len(events_by_clip) * clip_s / 60, 3),
        "events": sum(len(lengths) for lengths in durations_s.values()),
        "frames": total,
        "active_share": round(sum(active.values()) / max(total * len(classes), 1), 5),
        "imbalance": round(max(counts) / min(counts), 2) if counts else None,
        "scenes": dict(Counter(scene_of[name] for name in events_by_clip)),
        "polyphony": {
            str(count): round(number / total, 5) for count, number in sorted(polyphony.items())
        },
        "classes": {
            name: _class_figures(active[name], clips[name], durations_s.get(name, ()))
            for name in sorted(classes, key=lambda name: -active[name])
        },
        "together": [[*pair, count] for pair, count in together.most_common()],
    }


def _activity(events: Sequence[Event], classes: Sequence[str], frames: int) -> np.ndarray:
    """Which class sounds in which frame: (N, K) booleans."""
    matrix = np.zeros((frames, len(classes)), dtype=bool)
    for event in events:
        start, end = round(event.onset_s / FRAME_S), round(event.offset_s / FRAME_S)
        matrix[start : max(end, start + 1), classes.index(event.event_label)] = True
    return matrix


def _class_figures(active: int, clips: int, lengths: Sequence[float]) -> dict[str, Any]:
    figures: dict[str, Any] = {"frames": active, "clips": clips, "events": len(lengths)}
    if lengths:
        low, middle, high = np.percentile(lengths, _PERCENTILES)
        figures |= {
            "shortest_s": round(min(lengths), 3),
            "p5_s": round(float(low), 3),
            "median_s": round(float(middle), 3),
            "p95_s": round(float(high), 3),
            "longest_s": round(max(lengths), 3),
        }
    return figures
