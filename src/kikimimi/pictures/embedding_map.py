"""A map of sounds as a still picture."""

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.map_data import SoundMap, mark_of
from kikimimi.pictures.saving import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIDE_IN = 7.5
_MARKERS = {
    **{"circle": "o", "square": "s", "triangle": "^", "diamond": "D"},
    **{"wedge": "v", "pentagon": "p", "cross": "X"},
}
_LEGEND_ROWS = 32
_MOST_IN_LEGEND = 64
_MOST_NAMED = 60


def draw_map(
    path: str | os.PathLike[str], shown: SoundMap, *, language: Literal["en", "ja"] = "en"
) -> None:
    """Draw the first two components to a .png or .svg file.

    Each label is written in the middle of its sounds; the legend has the most important ones.

    Raises:
        ValueError: the ending is unknown.
        OSError: the file cannot be written.
    """
    names = [each.japanese if language == "ja" else each.english for each in shown.labels]
    texts = [*names, shown.title, *shown.axes]
    with picture(path, texts=texts, width_in=_SIDE_IN, height_in=_SIDE_IN) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        _draw_points(axes, shown, names)
        axes.set_xlabel(label_text(shown.axes[0]), fontsize=9)
        axes.set_ylabel(label_text(shown.axes[1]), fontsize=9)
        axes.set_title(shown.title, fontsize=12, loc="left")
        axes.tick_params(labelsize=8)
        if names:
            columns = -(-min(len(names), _MOST_IN_LEGEND) // _LEGEND_ROWS)
            axes.legend(
                loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0,
                frameon=False, fontsize=8, ncols=columns, markerscale=1.4,
            )  # fmt: skip


def _draw_points(axes: "Axes", shown: SoundMap, names: list[str]) -> None:
    label_of = np.array(shown.label_of)
    size = float(np.clip(9000 / max(len(label_of), 1), 3, 36))
    look: dict[str, Any] = {"s": size, "linewidths": 0, "alpha": 0.8}
    for label in (-1, *range(len(names))):
        rows = np.flatnonzero(label_of == label)
        if not len(rows):
            continue
        colour, shape = mark_of(label)
        hidden = label < 0 or label >= _MOST_IN_LEGEND
        axes.scatter(
            shown.points[rows, 0], shown.points[rows, 1], color=colour, marker=_MARKERS[shape],
            label=None if hidden else label_text(names[label]), **look,
        )  # fmt: skip
    for label, count in Counter(shown.label_of).most_common(_MOST_NAMED):
        if label >= 0 and count > 1:
            middle = np.median(shown.points[label_of == label, :2], axis=0)
            axes.annotate(
                label_text(names[label]), (float(middle[0]), float(middle[1])), fontsize=7,
                ha="center", va="center",
                bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.7},
            )  # fmt: skip
