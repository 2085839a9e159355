"""Event-based counts of each class at every threshold.

Axis letters: N frames, K classes, R events of the reference, M runs, P levels.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kikimimi.metrics.detection.checks import EventsByFile, check_scores
from kikimimi.metrics.detection.components import Components, components
from kikimimi.metrics.detection.event_based import Collar, Hits
from kikimimi.metrics.detection.matching import maximum_matching
from kikimimi.metrics.detection.operating_points import Changes, OperatingPoints
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.types import Event


def event_operating_points(
    scores_by_file: Mapping[str, DetectionScores],
    reference: EventsByFile,
    *,
    collar: Collar | None = None,
) -> dict[str, OperatingPoints]:
    """Counts of events found and of wrong detections, by optimal matching.

    Raises:
        ValueError: scores and reference are not of the same recordings and classes, or an event
            cannot be evaluated.
    """
    classes = check_scores(scores_by_file, reference)
    allowed = collar or Collar()
    changes = {name: Changes() for name in classes}
    for filename, scores in scores_by_file.items():
        tree = components(scores.scores)
        detections = tree.changes(np.ones(tree.levels.shape, dtype=np.int64))
        for column, name in enumerate(classes):
            events = [each for each in reference[filename] if each.event_label == name]
            _add_detections(changes[name], tree.levels[:, column], detections[:, column])
            if events:
                _add_hits(changes[name], tree, column, scores.timestamps, events, allowed)
    counts = dict.fromkeys(classes, 0)
    for events_of_file in reference.values():
        for event in events_of_file:
            counts[event.event_label] += 1
    return {name: changes[name].operating_points(counts[name]) for name in classes}


def _add_detections(
    changes: Changes, levels: NDArray[np.float64], detections: NDArray[np.int64]
) -> None:
    """At first, every detection is a false positive."""
    changes.add(levels, np.stack([np.zeros_like(detections), detections], axis=1))


def _add_hits(
    changes: Changes,
    tree: Components,
    column: int,
    timestamps: NDArray[np.float64],
    events: list[Event],
    collar: Collar,
) -> None:
    """Turn false positives into true ones where detections match events."""
    frames = np.flatnonzero(tree.counts[:, column])
    hits = collar.hits(
        np.array([event.onset_s for event in events]),
        np.array([event.offset_s for event in events]),
        timestamps[tree.first[frames, column]],
        timestamps[tree.end[frames, column]],
    )
    fitting = hits.any(axis=0)
    if not fitting.any():
        return
    born = tree.levels[frames[fitting], column].astype(np.float64)
    parents = tree.parent[frames[fitting], column]
    died = np.where(parents >= 0, tree.levels[parents, column], -np.inf).astype(np.float64)
    levels = np.unique(np.concatenate([born, died[died > -np.inf]]))[::-1]
    alive = (born >= levels[:, None]) & (died < levels[:, None])  # (P, M)
    found = _matched(alive, hits[:, fitting])
    gained = np.diff(found, prepend=0)
    changes.add(levels, np.stack([gained, -gained], axis=1))


def _matched(alive: NDArray[np.bool_], hits: Hits) -> NDArray[np.int64]:
    """How many events (R) are matched by the runs (M) that are alive at each level: (P,)."""
    chances = alive.astype(np.int64) @ hits.T  # (P, R): runs that fit each event
    found = (chances > 0).sum(axis=1)
    several = alive & (hits.sum(axis=0) > 1)  # a run that fits several events
    for level in np.flatnonzero((chances > 1).any(axis=1) | several.any(axis=1)):
        runs = np.flatnonzero(alive[level])
        graph = {int(run): np.flatnonzero(hits[:, run]).tolist() for run in runs}
        found[level] = len(maximum_matching(graph))
    return found
