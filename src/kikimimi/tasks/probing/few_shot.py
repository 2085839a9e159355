"""Few-shot classification: each class known by a few clips.

Nearest class mean, Snell et al., "Prototypical Networks for Few-shot Learning", NeurIPS 2017, on
frozen embeddings, with cosine similarity. Axes: V clips, D embedding size.
"""

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import ConfigError
from kikimimi.tasks.probing.linear import Examples
from kikimimi.tasks.probing.neighbours import unit_rows


def episode_accuracy(
    train: Examples,
    test: Examples,
    *,
    shots: int,
    ways: int | None,
    generator: np.random.Generator,
) -> float:
    """Accuracy of one episode.

    Draws `ways` classes (all if None) and `shots` training clips of each; every test clip of these
    classes goes to the class whose mean is most similar.

    Raises:
        ConfigError: there are too few classes, or a class has too few training clips.
    """
    present = np.unique(test.targets)
    if ways is not None and not 2 <= ways <= len(present):
        raise ConfigError(
            f"{ways} classes cannot be drawn of the {len(present)} with test clips; "
            f"choose 2 to {len(present)}"
        )
    chosen = present if ways is None else np.sort(generator.choice(present, ways, replace=False))
    means = np.stack(
        [
            unit_rows(train.embeddings[_drawn(train, int(target), shots, generator)]).mean(axis=0)
            for target in chosen
        ]
    )
    asked = np.isin(test.targets, chosen)
    similarities = unit_rows(test.embeddings[asked]) @ unit_rows(means).T
    return float((chosen[similarities.argmax(axis=1)] == test.targets[asked]).mean())


def _drawn(
    train: Examples, target: int, shots: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    rows = np.flatnonzero(train.targets == target)
    if len(rows) < shots:
        raise ConfigError(
            f"class number {target} has {len(rows)} training clips, too few for {shots} shots; "
            "ask for fewer"
        )
    return generator.choice(rows, shots, replace=False)
