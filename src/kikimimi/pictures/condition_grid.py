"""Accuracy of systems under recording conditions as a grid of coloured cells with their figures.

    python -m kikimimi.pictures.condition_grid runs/robustness/scores.json robustness.png

draws what `kikimimi.tasks.robustness.run` wrote. Axes: R conditions, S systems.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import ConfigError
from kikimimi.pictures.colours import SEQUENTIAL_COLOURS
from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture

_CELL_IN = (1.15, 0.3)
_DARK_BELOW = 0.6
"""Share of the colour scale under which cells are dark, so that figures on them are white."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw a `scores.json` from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m kikimimi.pictures.condition_grid",
        description="Draw accuracies under recording conditions.",
    )
    parser.add_argument("scores", type=Path, help="scores.json of a robustness run")
    parser.add_argument("picture", type=Path, help="file to write, .png or .svg")
    options = parser.parse_args(arguments)
    try:
        accuracies, conditions, systems = read_scores(options.scores)
        draw_condition_grid(
            options.picture, accuracies, conditions=conditions, systems=systems,
            title="Trained on clean clips, tested under other recording conditions",
        )  # fmt: skip
    except (ConfigError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {options.picture}: cannot be written ({error.strerror})", file=sys.stderr)
        return 2
    return 0


def read_scores(path: Path) -> tuple[NDArray[np.float64], list[str], list[str]]:
    """Return accuracies (R, S) from 0 to 1, NaN where there is none, and both names.

    Raises:
        ConfigError: the file cannot be read or has other content.
    """
    try:
        systems = json.loads(path.read_text(encoding="utf-8"))["systems"]
        conditions = list(dict.fromkeys(name for scores in systems.values() for name in scores))
        rows = [
            [float(scores[name]["accuracy"]) if name in scores else np.nan for name in conditions]
            for scores in systems.values()
        ]
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; give the scores.json of a run") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"{path}: holds no robustness scores; give a scores.json") from None
    if not conditions:
        raise ConfigError(f"{path}: nothing is scored yet; finish a fold first")
    return np.array(rows).T, conditions, list(systems)


def draw_condition_grid(
    path: str | os.PathLike[str],
    accuracies: NDArray[np.float64],
    *,
    conditions: Sequence[str],
    systems: Sequence[str],
    title: str = "",
) -> None:
    """Draw accuracies (R, S) from 0 to 1 to a .png or .svg file; NaN leaves a cell empty.

    Raises:
        ValueError: the numbers do not agree, or the ending is unknown.
        OSError: the file cannot be written.
    """
    if np.shape(accuracies) != (len(conditions), len(systems)):
        raise ValueError(
            f"{len(conditions)} conditions and {len(systems)} systems need as many accuracies, "
            f"not an array of shape {np.shape(accuracies)}"
        )
    percent = 100 * np.asarray(accuracies, dtype=np.float64)
    width, height = _CELL_IN[0] * len(systems), _CELL_IN[1] * len(conditions)
    texts = [*conditions, *systems, title]
    with picture(path, texts=texts, width_in=width, height_in=height) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        image = axes.imshow(
            percent, cmap=SEQUENTIAL_COLOURS, vmin=0, vmax=100, aspect="auto",
            interpolation="nearest",
        )  # fmt: skip
        names = [label_text(name).replace(", ", "\n") for name in systems]
        axes.set_xticks(range(len(systems)), names, fontsize=8)
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(conditions)), map(label_text, conditions), fontsize=8)
        axes.tick_params(length=0)
        for (row, column), value in np.ndenumerate(percent):
            if np.isfinite(value):
                colour = "white" if value < 100 * _DARK_BELOW else "black"
                axes.text(column, row, f"{value:.1f}", color=colour, fontsize=8, va="center",
                          ha="center")  # fmt: skip
        bar_axes = figure.add_axes((1 + 0.15 / width, 0, 0.13 / width, 1))
        figure.colorbar(image, cax=bar_axes)
        bar_axes.tick_params(labelsize=8)
        bar_axes.set_ylabel("accuracy in percent", fontsize=8)
        axes.set_title(title, fontsize=10, loc="left", pad=10)


if __name__ == "__main__":
    sys.exit(main())
