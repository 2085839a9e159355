"""From the parts of a run to `scores.json` and a Markdown table.

A part is what one method scored on one fold.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kikimimi.errors import ConfigError
from kikimimi.files import draft_of
from kikimimi.tasks.robustness.clips import CLEAN

Part = dict[str, Any]
"""`method`, `fold`, `made_with`, and `conditions`: scores by condition."""


def write_part(path: Path, part: Part) -> None:
    """Write a part atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(path) as draft:
        draft.write_text(json.dumps(part, indent=2) + "\n", encoding="utf-8")


def read_part(path: Path) -> Part | None:
    """Read a part; None if it is not there.

    Raises:
        ConfigError: the file is damaged.
    """
    if not path.exists():
        return None
    try:
        part = json.loads(path.read_text(encoding="utf-8"))
        return {key: part[key] for key in ("method", "fold", "made_with", "conditions")}
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{path}: is not a part of a run; delete it to score it anew") from None


def summary(parts: Sequence[Part]) -> dict[str, Any]:
    """Mean and standard deviation over folds of every figure.

    Returns:
        `folds` by method, and `systems`: by name ("method, classifier") and condition, `accuracy`,
        `accuracy_sd`, `relative_drop` (of the means), `cosine_distance`, `relative_distance`.
    """
    by_method: dict[str, list[Part]] = {}
    for part in parts:
        by_method.setdefault(part["method"], []).append(part)
    systems: dict[str, Any] = {}
    for method, members in by_method.items():
        for classifier in members[0]["conditions"][CLEAN]["accuracy"]:
            systems[f"{method}, {classifier}"] = _system(members, classifier)
    folds = {method: sorted(m["fold"] for m in members) for method, members in by_method.items()}
    return {"folds": folds, "systems": systems}


def _system(members: Sequence[Part], classifier: str) -> dict[str, dict[str, float]]:
    scores = {}
    for condition in members[0]["conditions"]:
        found = [member["conditions"][condition] for member in members]
        accuracies = [entry["accuracy"][classifier] for entry in found]
        scores[condition] = {
            "accuracy": float(np.mean(accuracies)),
            "accuracy_sd": float(np.std(accuracies, ddof=1)) if len(found) > 1 else 0.0,
            "cosine_distance": float(np.mean([e["cosine_distance"] for e in found])),
            "relative_distance": float(np.mean([e["relative_distance"] for e in found])),
        }
    clean = scores[CLEAN]["accuracy"]
    for entry in scores.values():
        entry["relative_drop"] = (clean - entry["accuracy"]) / clean if clean > 0 else 0.0
    return scores


def markdown(result: Mapping[str, Any]) -> str:
    """Two tables: accuracy and relative drop; and how far embeddings move."""
    systems = result["systems"]
    conditions = list(dict.fromkeys(name for scores in systems.values() for name in scores))
    accuracy = [
        [name, *(_accuracy_cell(name, scores) for scores in systems.values())]
        for name in conditions
    ]
    # all classifiers of a method hear the same embeddings
    methods = {system.split(", ")[0]: scores for system, scores in systems.items()}
    distance = [
        [name, *(_distance_cell(scores.get(name)) for scores in methods.values())]
        for name in conditions
        if name != CLEAN
    ]
    folds = "; ".join(f"{m}: {', '.join(map(str, f))}" for m, f in result["folds"].items())
    return "\n".join(
        [
            "Accuracy in percent, mean and standard deviation over the test folds; in brackets how",
            f"much is lost of the clean accuracy. Folds: {folds}.",
            "",
            *_table(["condition", *systems], accuracy),
            "",
            "Mean cosine distance of embeddings to those of the clean clips; in brackets relative",
            "to the mean distance between clean clips of different classes.",
            "",
            *_table(["condition", *methods], distance),
            "",
        ]
    )


def _accuracy_cell(name: str, scores: Mapping[str, Mapping[str, float]]) -> str:
    if name not in scores:
        return ""
    entry = scores[name]
    text = f"{100 * entry['accuracy']:.1f} ± {100 * entry['accuracy_sd']:.1f}"
    return text if name == CLEAN else f"{text} ({-100 * entry['relative_drop']:+.0f} %)"


def _distance_cell(entry: Mapping[str, float] | None) -> str:
    if entry is None:
        return ""
    return f"{entry['cosine_distance']:.3f} ({entry['relative_distance']:.2f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
