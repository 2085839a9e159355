"""Distances between classes as a heat map, in the order of their tree."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import SEQUENTIAL_COLOURS
from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture
from kikimimi.pictures.trees import (
    Tree,
    TreeLayout,
    colours_of,
    draw_branches,
    draw_group_marks,
    draw_heading,
    draw_leaf_labels,
    tree_layout,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CELL_IN = 0.19
_LARGEST_MAP_IN = 40.0
_SMALLEST_MAP_IN = 2.5
_TREE_IN = 2.2
_MARKS_IN = 0.12
_SPACE_IN = 0.06
_BAR_IN = 0.13


def draw_distance_matrix(
    path: str | os.PathLike[str],
    distances: NDArray[np.float64],
    labels: Sequence[str],
    *,
    tree: Tree,
    groups: Sequence[str] | None = None,
    title: str = "",
    measure: str = "distance",
) -> None:
    """Draw distances (K, K) with their tree on the left to a .png or .svg file.

    Args:
        path: the file to write.
        distances: between K classes; the diagonal is left white.
        labels: names of the K classes.
        tree: (K - 1, 4) as SciPy's `linkage` gives it; rows and columns are in its order.
        groups: the groups of the K classes, drawn as coloured marks; more than eight are not.
        title: a heading.
        measure: what the colours stand for.

    Raises:
        ValueError: the numbers do not agree, or the ending is unknown.
        OSError: the file cannot be written.
    """
    layout = tree_layout(tree, groups)
    count = len(layout.order)
    if len(labels) != count or np.shape(distances) != (count, count):
        raise ValueError(
            f"the tree has {count} leaves, but there are {len(labels)} labels and a matrix of "
            f"shape {np.shape(distances)}"
        )
    side = min(max(_CELL_IN * count, _SMALLEST_MAP_IN), _LARGEST_MAP_IN)
    size_pt = min(9.0, 0.68 * 72 * side / count)
    left = _TREE_IN + _MARKS_IN + 2 * _SPACE_IN
    width = left + side
    texts = [*labels, *(groups or ()), title, measure]
    with picture(path, texts=texts, width_in=width, height_in=side) as figure:

        def axes_at(x: float, y: float, w: float, h: float) -> "Axes":
            return figure.add_axes((x / width, y / side, w / width, h / side))

        colours = colours_of(groups)
        branches = axes_at(0, 0, _TREE_IN, side)
        draw_branches(branches, layout, colours)
        branches.tick_params(labelsize=8)
        branches.set_xlabel(measure, fontsize=9)
        if groups is not None and colours:
            marks = axes_at(_TREE_IN + _SPACE_IN, 0, _MARKS_IN, side)
            draw_group_marks(marks, layout, groups, colours)
        cells = axes_at(left, 0, side, side)
        image = _draw_cells(cells, distances, labels, layout, size_pt)
        draw_leaf_labels(cells, layout, labels, size_pt=size_pt, gap=4)
        bar = axes_at(left, side + 2 * _SPACE_IN, min(side, 3.5), _BAR_IN)
        figure.colorbar(image, cax=bar, orientation="horizontal")
        bar.xaxis.set_ticks_position("top")
        bar.xaxis.set_label_position("top")
        bar.tick_params(labelsize=8)
        bar.set_xlabel(measure, fontsize=9)
        draw_heading(figure, title, colours, height_in=side, least_in=0.85)


def _draw_cells(
    axes: "Axes",
    distances: NDArray[np.float64],
    labels: Sequence[str],
    layout: TreeLayout,
    size_pt: float,
) -> Any:
    ordered = np.asarray(distances, dtype=np.float64)[np.ix_(layout.order, layout.order)]
    apart = np.where(np.eye(len(ordered), dtype=bool), np.nan, ordered)
    image = axes.imshow(apart, cmap=SEQUENTIAL_COLOURS, aspect="equal", interpolation="nearest")
    names = [label_text(labels[leaf]) for leaf in layout.order]
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=size_pt)
    axes.set_yticks([])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return image
