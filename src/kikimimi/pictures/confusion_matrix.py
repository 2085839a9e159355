"""Confusion matrix: which classes are taken for which. Axes: K classes."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import SEQUENTIAL_COLOURS
from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture

_CELL_IN = 0.17
_SMALLEST_IN = 3.0


def draw_confusion_matrix(
    path: str | os.PathLike[str], counts: NDArray[np.int64], *, names: Sequence[str]
) -> None:
    """Draw counts (K, K), true class by row, as shares of each row to a .png or .svg file.

    Raises:
        ValueError: there are not as many names as rows and columns, or the ending is unknown.
        OSError: the file cannot be written.
    """
    if np.shape(counts) != (len(names), len(names)):
        raise ValueError(f"{len(names)} names do not fit counts of shape {np.shape(counts)}")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = max(_SMALLEST_IN, _CELL_IN * len(names))
    labels = [label_text(name) for name in names]
    with picture(path, texts=names, width_in=side, height_in=side) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        image = axes.imshow(shares, cmap=SEQUENTIAL_COLOURS, vmin=0, vmax=1)
        places = range(len(names))
        axes.set_xticks(places, labels, rotation=90, fontsize=7)
        axes.set_yticks(places, labels, fontsize=7)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true")
        axes.set_title(f"accuracy {np.trace(counts) / max(counts.sum(), 1):.1%}")
        bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.02)
        bar.set_label("share of the true class")
