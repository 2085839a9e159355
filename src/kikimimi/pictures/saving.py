"""Figures without a screen: made, and written whole to PNG or SVG."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kikimimi.files import draft_of
from kikimimi.pictures.fonts import label_families

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")

_PIXELS_PER_INCH = 150


@contextmanager
def picture(
    path: str | os.PathLike[str], *, texts: Sequence[str], width_in: float, height_in: float
) -> Iterator["Figure"]:
    """Give an empty figure that is written to `path` when the block ends well.

    What lies outside of the given size, such as long labels, is still in the picture. The same
    drawing gives the same bytes again. Text in an SVG file stays text.

    Args:
        path: its ending says the format, one of `SUFFIXES`.
        texts: all that will be written in the figure, so that fonts that have the characters are
            taken.
        width_in: width in inches.
        height_in: height in inches.

    Raises:
        ValueError: the ending is none of `SUFFIXES`.
        OSError: the file cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"a picture is written to {' or '.join(SUFFIXES)}, not '{suffix}'")
    settings: Any = {
        "font.family": list(label_families(texts)),
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "kikimimi",
    }
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(width_in, height_in))
        yield figure
        with draft_of(path) as draft:
            figure.savefig(
                draft,
                format=suffix[1:],
                dpi=_PIXELS_PER_INCH,
                bbox_inches="tight",
                pad_inches=0.15,
                facecolor="white",
                metadata={"Date": None} if suffix == ".svg" else None,
            )
