"""Where the branches of a class tree are drawn.

Axes: K leaves. A tree is SciPy's linkage matrix (K - 1, 4): two children, height, leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import NEUTRAL_COLOUR, group_colours
from kikimimi.pictures.fonts import label_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Tree = NDArray[np.float64]

_LEGEND_ROW_IN = 0.19


@dataclass(frozen=True, slots=True, eq=False)
class TreeLayout:
    """`order` (K,): the leaves from top to bottom; the leaf of rank r lies at y = r.

    `brackets` (K - 1, 4, 2): for each joint the points (height, y) of the line that joins its two
    children. `owners`: for each joint the group of all its leaves, None if they are of several.
    """

    order: NDArray[np.int64]
    brackets: NDArray[np.float64]
    owners: tuple[str | None, ...]


def tree_layout(tree: Tree, groups: Sequence[str] | None = None) -> TreeLayout:
    """Lay a tree out; `groups` are the K groups of its leaves.

    Raises:
        ValueError: it is no linkage matrix, or the number of groups is not K.
    """
    from scipy.cluster.hierarchy import is_valid_linkage, leaves_list

    is_valid_linkage(tree, throw=True)
    count = len(tree) + 1
    if groups is not None and len(groups) != count:
        raise ValueError(f"the tree has {count} leaves, but there are {len(groups)} groups")
    order = leaves_list(tree).astype(np.int64)
    owners: list[str | None] = [None] * count if groups is None else list(groups)
    points = np.zeros((2 * count - 1, 2))
    points[order, 1] = np.arange(count)
    brackets = np.zeros((len(tree), 4, 2))
    for joint, (first, second, height, _) in enumerate(tree, start=count):
        ends = points[int(first)], points[int(second)]
        brackets[joint - count] = [ends[0], (height, ends[0][1]), (height, ends[1][1]), ends[1]]
        points[joint] = height, (ends[0][1] + ends[1][1]) / 2
        same = owners[int(first)] == owners[int(second)]
        owners.append(owners[int(first)] if same else None)
    return TreeLayout(order, brackets, tuple(owners[count:]))


def draw_branches(axes: "Axes", layout: TreeLayout, colours: Mapping[str, str]) -> None:
    """Draw the branches, leaves at height 0 on the right, in the colour of their group."""
    from matplotlib.collections import LineCollection

    shades = [
        NEUTRAL_COLOUR if o is None else colours.get(o, NEUTRAL_COLOUR) for o in layout.owners
    ]
    axes.add_collection(LineCollection(list(layout.brackets), colors=shades, linewidths=1.1))
    highest = float(layout.brackets[..., 0].max()) or 1.0
    axes.set_xlim(1.02 * highest, 0)
    axes.set_ylim(len(layout.order) - 0.5, -0.5)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.set_yticks([])


def draw_leaf_labels(
    axes: "Axes", layout: TreeLayout, labels: Sequence[str], *, size_pt: float, gap: float
) -> None:
    """Write the labels right of the axes, each beside its leaf, `gap` points away."""
    for rank, leaf in enumerate(layout.order):
        axes.annotate(
            label_text(labels[leaf]),
            (1.0, rank),
            xycoords=axes.get_yaxis_transform(),
            xytext=(gap, 0),
            textcoords="offset points",
            fontsize=size_pt,
            verticalalignment="center",
            annotation_clip=False,
        )


def draw_group_marks(
    axes: "Axes", layout: TreeLayout, groups: Sequence[str], colours: Mapping[str, str]
) -> None:
    """Fill the axes with one coloured field for each leaf."""
    axes.set_xlim(0, 1)
    axes.set_ylim(len(layout.order) - 0.5, -0.5)
    axes.axis("off")
    shades = [colours[groups[leaf]] for leaf in layout.order]
    ranks = np.arange(len(shades))
    axes.barh(ranks, 1.0, height=0.86, color=shades, linewidth=0)


def draw_heading(
    figure: "Figure", title: str, colours: Mapping[str, str], *, height_in: float, least_in: float
) -> None:
    """Write the names of the groups above a figure, and the title above them.

    `height_in` is the height of the figure; the title stands at least `least_in` above it.
    """
    from matplotlib.patches import Patch

    if colours:
        patches = [Patch(color=colour, label=label_text(name)) for name, colour in colours.items()]
        figure.legend(
            handles=patches,
            frameon=False,
            fontsize=9,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.3,
        )
    above_in = max(least_in, _LEGEND_ROW_IN * len(colours) + 0.2)
    figure.text(0, 1 + above_in / height_in, title, fontsize=12)


def colours_of(groups: Sequence[str] | None) -> dict[str, str]:
    """Colours of the groups, none if there are no groups or too many."""
    return group_colours(groups or [])
