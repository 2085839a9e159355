"""Random cases for the figures of detection, with every oddity that recordings have."""

from typing import Any

import numpy as np

Case = dict[str, Any]

_NAMES = ("dog", "rain", "siren", "door", "speech")


def random_case(seed: int) -> Case:
    """A case of one to four clips of at most five classes; the same seed gives the same case.

    Times lie on grids from a millisecond to half a second or anywhere, events of a class overlap
    and touch, lists are unsorted, some are empty, some clips have a single frame, scores have ties
    and are sometimes all alike.
    """
    rng = np.random.default_rng(seed)
    classes = list(_NAMES[: rng.integers(1, 6)])
    grid_s = float(rng.choice([0.0, 0.001, 0.01, 0.02, 0.1, 0.5]))
    files = {f"clip{n}": _clip(rng, classes, grid_s) for n in range(rng.integers(1, 5))}
    heard = {label for clip in files.values() for _, _, label in clip["joined"]}
    return {
        "seed": seed,
        "classes": classes,
        "score_classes": [name for name in classes if name in heard],
        "files": files,
        "segment_s": float(rng.choice([0.1, 0.25, 0.5, 1.0, 2.0, 5.0])),
        "collar_s": float(rng.choice([0.05, 0.1, 0.2, 0.25, 0.5, 1.0])),
        "offset_share": float(rng.choice([0.0, 0.2, 0.5, 1.0])),
        **_ends(rng),
        "matching": str(rng.choice(["optimal", "greedy"], p=[0.8, 0.2])),
        "threshold": float(rng.choice([0.3, 0.5, 0.7])),
        "dtc": float(rng.choice([0.1, 0.5, 0.7, 1.0])),
        "gtc": float(rng.choice([0.1, 0.5, 0.7, 1.0])),
        "cttc": float(rng.choice([0.1, 0.3, 0.5])),
        # sed_scores_eval stumbles over cross-triggers where there is a single class.
        "alpha_ct": float(rng.choice([0.0, 0.5, 1.0])) if len(heard) > 1 else 0.0,
        "alpha_st": float(rng.choice([0.0, 1.0])),
        "max_efpr": float(rng.choice([100.0, 800.0, 5000.0])),
    }


def _ends(rng: np.random.Generator) -> Case:
    onset, offset = ((True, True), (True, True), (True, False), (False, True))[rng.integers(4)]
    return {"onset": onset, "offset": offset}


def _clip(rng: np.random.Generator, classes: list[str], grid_s: float) -> Case:
    duration_s = float(rng.choice([0.5, 2.0, 10.0]))
    reference = _events(rng, classes, duration_s, grid_s)
    return {
        "reference": reference,
        "estimated": _estimated(rng, reference, classes, duration_s, grid_s),
        "joined": _joined(reference),
        **_scores(rng, reference, classes, duration_s),
    }


def _events(
    rng: np.random.Generator, classes: list[str], duration_s: float, grid_s: float
) -> list[list[Any]]:
    events = []
    for _ in range(rng.choice([0, 1, 2, 5, 12], p=[0.15, 0.2, 0.3, 0.25, 0.1])):
        times = sorted(_on_grid(rng.uniform(0, duration_s, 2), grid_s))
        if times[1] - times[0] > 1e-4:
            events.append([*times, str(rng.choice(classes))])
    return events


def _estimated(
    rng: np.random.Generator,
    reference: list[list[Any]],
    classes: list[str],
    duration_s: float,
    grid_s: float,
) -> list[list[Any]]:
    """Events near those of the reference, some of another class, some left out, some invented."""
    found = []
    spread_s = float(rng.choice([0.0, 0.05, 0.2, 1.0]))
    for onset, offset, label in reference:
        moved = np.maximum(np.array([onset, offset]) + rng.normal(0, spread_s, 2), 0)
        times = sorted(_on_grid(moved, grid_s))
        if rng.random() < 0.8 and times[1] - times[0] > 1e-4:
            wrong = rng.random() < 0.25
            found.append([*times, str(rng.choice(classes)) if wrong else label])
    if rng.random() < 0.5:
        found += _events(rng, classes, duration_s, grid_s)
    rng.shuffle(found)
    return [list(each) for each in found]


def _on_grid(times: Any, grid_s: float) -> list[float]:
    if grid_s == 0:
        return [float(time) for time in times]
    return [round(round(float(time) / grid_s) * grid_s, 6) for time in times]


def _joined(events: list[list[Any]]) -> list[list[Any]]:
    """Events of a class that overlap or touch, as one: sed_scores_eval takes no others."""
    joined: list[list[Any]] = []
    for onset, offset, label in sorted(events, key=lambda each: (each[2], each[0], each[1])):
        if joined and joined[-1][2] == label and onset <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], offset)
        else:
            joined.append([onset, offset, label])
    return joined


def _scores(
    rng: np.random.Generator, reference: list[list[Any]], classes: list[str], duration_s: float
) -> Case:
    frames = int(rng.choice([1, 2, 10, 50]))
    timestamps = np.round(np.linspace(0, duration_s, frames + 1), 6)
    values = rng.random((frames, len(classes)))
    centres = (timestamps[:-1] + timestamps[1:]) / 2
    for onset, offset, label in reference:
        inside = (centres >= onset) & (centres < offset)
        values[inside, classes.index(label)] += 0.5
    values = np.minimum(values / 1.5, 1.0)
    levels = int(rng.choice([0, 1, 4, 20]))
    if levels:
        values = np.round(values * levels) / levels
    return {"timestamps": timestamps.tolist(), "scores": values.tolist()}
