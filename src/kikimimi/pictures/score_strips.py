"""Scores of test clips as strips of dots: normal ones and anomalies, by section. Axis: V clips."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import group_colours
from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture

_WIDTH_IN, _ROW_IN = 8.0, 0.8
_SPREAD = 0.11
_GOLDEN = 0.618034


@dataclass(frozen=True, slots=True, eq=False)
class ScoreStrip:
    """`scores` (V,) of the clips of a section, and `kinds` (V,), what each is."""

    name: str
    scores: NDArray[np.float64]
    kinds: Sequence[str]


def draw_score_strips(
    path: str | os.PathLike[str],
    strips: Sequence[ScoreStrip],
    *,
    kinds: Sequence[str],
    threshold: float,
    title: str = "",
) -> None:
    """Draw a row for each strip, with a line of dots for each of `kinds`, to a .png or .svg file.

    Raises:
        ValueError: the ending is unknown, there are no strips, or more kinds than colours.
        OSError: the file cannot be written.
    """
    colours = group_colours(kinds)
    if not strips or not colours:
        raise ValueError(f"{len(strips)} strips of {len(kinds)} kinds cannot be drawn")
    names = [strip.name for strip in strips]
    height = _ROW_IN * len(strips)
    with picture(path, texts=[*names, title], width_in=_WIDTH_IN, height_in=height) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        for kind_number, kind in enumerate(kinds):
            middle = 0.7 * ((kind_number + 0.5) / len(kinds) - 0.5)
            at = [np.array([each == kind for each in strip.kinds], bool) for strip in strips]
            scores = [strip.scores[own] for strip, own in zip(strips, at, strict=True)]
            rows = [row + middle + _scatter(len(own)) for row, own in enumerate(scores)]
            axes.scatter(np.concatenate(scores), np.concatenate(rows), s=10, alpha=0.6,
                         linewidths=0, color=colours[kind], label=kind)  # fmt: skip
        axes.axvline(threshold, color="black", linestyle="--", linewidth=1, label="threshold")
        axes.set_yticks(range(len(strips)), [label_text(name) for name in names], fontsize=9)
        axes.set_ylim(len(strips) - 0.5, -0.5)
        axes.set_xlabel("score", fontsize=9)
        axes.tick_params(axis="x", labelsize=8)
        axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
        axes.set_title(label_text(title), fontsize=11, loc="left")


def _scatter(count: int) -> NDArray[np.float64]:
    """Small shifts that keep dots apart, the same in every drawing."""
    fractions = np.mod(np.float64(_GOLDEN) * np.arange(count, dtype=np.float64), 1.0)
    return np.asarray(_SPREAD * (2 * fractions - 1), np.float64)
