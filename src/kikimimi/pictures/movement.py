"""How far each dimension of an embedding moves under perturbations.

Axes: P perturbations, D embedding size.
"""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import GROUP_COLOURS, SEQUENTIAL_COLOURS
from kikimimi.pictures.saving import picture

_WIDTH_IN = 9.0
_ROW_IN = 0.32
_CURVES_IN = 2.8
_GAP_IN = 1.0
_STYLES = ("-", "--", "-.", ":", (0, (1, 1)), (0, (5, 1)))


def draw_movement(
    path: str | os.PathLike[str],
    moved: NDArray[np.float64],
    *,
    names: Sequence[str],
    whole: Sequence[float],
    title: str = "",
) -> None:
    """Draw relative movements (P, D) as a map, and sorted as curves, to a .png or .svg file.

    Args:
        path: the file to write.
        moved: movement of each dimension over its spread between clips; at least 0.
        names: of the P perturbations.
        whole: movement of the whole embedding for each.
        title: a heading.

    Raises:
        ValueError: the numbers do not agree, or the ending is unknown.
        OSError: the file cannot be written.
    """
    if moved.ndim != 2 or not len(names) == len(whole) == len(moved):
        raise ValueError(f"{len(names)} names and {len(whole)} figures for {np.shape(moved)}")
    map_in = _ROW_IN * len(moved)
    height = map_in + _GAP_IN + _CURVES_IN
    with picture(path, texts=[*names, title], width_in=_WIDTH_IN, height_in=height) as figure:
        cells = figure.add_axes((0, 1 - map_in / height, 1, map_in / height))
        image = cells.imshow(
            moved, aspect="auto", cmap=SEQUENTIAL_COLOURS, interpolation="nearest",
            vmin=0, vmax=max(1.0, float(np.quantile(moved, 0.99))),
        )  # fmt: skip
        cells.set_yticks(range(len(names)), list(names), fontsize=9)
        cells.set_xlabel("dimension", fontsize=9)
        cells.set_title(title, fontsize=11, loc="left")
        bar = figure.colorbar(image, ax=cells, fraction=0.02, pad=0.01, extend="max")
        bar.set_label("moved / spread", fontsize=8)
        curves = figure.add_axes((0, 0, 1, _CURVES_IN / height))
        ranks = np.arange(1, moved.shape[1] + 1)
        for row, (name, value) in enumerate(zip(names, whole, strict=True)):
            curves.plot(
                ranks,
                np.sort(moved[row])[::-1],
                color=GROUP_COLOURS[row % len(GROUP_COLOURS)],
                linestyle=_STYLES[row % len(_STYLES)],
                label=f"{name} (whole embedding {value:.2f})",
            )
        curves.axhline(1, color="grey", linewidth=0.8)
        curves.set_xlim(1, max(2, moved.shape[1]))
        curves.set_ylim(bottom=0)
        curves.set_xlabel("dimensions, the one that moves most first", fontsize=9)
        curves.set_ylabel("moved / spread between clips", fontsize=9)
        curves.legend(frameon=False, fontsize=8)
