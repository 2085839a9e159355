"""A tree of classes with their names."""

import os
from collections.abc import Sequence

from kikimimi.pictures.saving import picture
from kikimimi.pictures.trees import (
    Tree,
    colours_of,
    draw_branches,
    draw_group_marks,
    draw_heading,
    draw_leaf_labels,
    tree_layout,
)

_ROW_IN = 0.2
_WIDTH_IN = 7.0
_MARKS_IN = 0.12


def draw_dendrogram(
    path: str | os.PathLike[str],
    tree: Tree,
    labels: Sequence[str],
    *,
    groups: Sequence[str] | None = None,
    title: str = "",
    measure: str = "distance",
) -> None:
    """Draw a tree (K - 1, 4) as SciPy's `linkage` gives it to a .png or .svg file.

    A branch whose leaves are all of one group has the colour of the group.

    Args:
        path: the file to write.
        tree: the K - 1 joints.
        labels: names of the K leaves.
        groups: the groups of the K leaves; more than eight are drawn without colours.
        title: a heading.
        measure: what the height of a joint is.

    Raises:
        ValueError: the numbers do not agree, or the ending is unknown.
        OSError: the file cannot be written.
    """
    layout = tree_layout(tree, groups)
    if len(labels) != len(layout.order):
        raise ValueError(f"the tree has {len(layout.order)} leaves, but {len(labels)} labels")
    height_in = max(_ROW_IN * len(labels), 1.0)
    texts = [*labels, *(groups or ()), title, measure]
    with picture(path, texts=texts, width_in=_WIDTH_IN, height_in=height_in) as figure:
        colours = colours_of(groups)
        marks = _MARKS_IN / _WIDTH_IN
        axes = figure.add_axes((0, 0, 1 - 1.5 * marks, 1))
        draw_branches(axes, layout, colours)
        axes.set_xlabel(measure, fontsize=10)
        axes.tick_params(labelsize=9)
        gap = 4.0
        if groups is not None and colours:
            draw_group_marks(figure.add_axes((1 - marks, 0, marks, 1)), layout, groups, colours)
            gap += 1.5 * 72 * _MARKS_IN
        draw_leaf_labels(axes, layout, labels, size_pt=9, gap=gap)
        draw_heading(figure, title, colours, height_in=height_in, least_in=0.1)
