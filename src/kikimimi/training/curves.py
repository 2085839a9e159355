"""Learning curves as a picture."""

from collections.abc import Sequence
from pathlib import Path

from kikimimi.files import draft_of
from kikimimi.training.metrics_log import Row

_NOT_DRAWN = {"epoch", "step", "seconds", "lr"}


def draw_curves(path: Path, rows: Sequence[Row], *, title: str) -> None:
    """Draw losses, figures of merit and learning rate over the epochs as a PNG of 900 x 720.

    Raises:
        OSError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    names = dict.fromkeys(name for row in rows for name in row if name not in _NOT_DRAWN)
    losses = [name for name in names if name.startswith("train_")]
    figures = [name for name in names if name not in losses]
    panels = [("loss", losses), ("inner split", figures), ("learning rate", ["lr"])]
    shown = [(label, group) for label, group in panels if group]
    figure = Figure(figsize=(9, 7.2), dpi=100, layout="constrained")
    figure.suptitle(title)
    ratios = [1 if group == ["lr"] else 3 for _, group in shown]
    grid = figure.add_gridspec(len(shown), 1, height_ratios=ratios)
    for number, (label, group) in enumerate(shown):
        axes = figure.add_subplot(grid[number, 0])
        axes.set_ylabel(label)
        axes.grid(alpha=0.3)
        for name in group:
            points = [(row["epoch"], row[name]) for row in rows if name in row]
            marker = "." if len(points) < 40 else ""
            axes.plot(*zip(*points, strict=True), marker=marker, lw=1.3, label=name)
        if group != ["lr"]:
            axes.legend(loc="best", fontsize="small")
    axes.set_xlabel("epoch")
    with draft_of(path) as draft:
        figure.savefig(draft, format="png")
