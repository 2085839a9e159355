"""Where in time and frequency a recording differs from what is normal.

Axes: F mel bands, N frames, B clips of the recording.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import GROUP_COLOURS, NEUTRAL_COLOUR
from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DEVIATIONS = 6.0
"""Where the colours end, the same in all pictures so that they can be compared."""

_COLOURS = "RdBu_r"
_WIDTH_IN, _MAP_IN, _PROFILE_IN, _CLIPS_IN, _GAP_IN, _BAR_IN = 8.0, 3.0, 1.5, 1.0, 0.15, 0.15
_LABELS_IN = 0.6
_FREQUENCIES_HZ = (100, 300, 1000, 3000, 10000)
_ANOMALOUS, _NORMAL = GROUP_COLOURS[5], NEUTRAL_COLOUR


@dataclass(frozen=True, slots=True, eq=False)
class DrawnMap:
    """`deviations` (F, N) from normal, positive where louder; `frequencies_hz` (F,) ascending and
    equal in mel; `start_s` and `end_s` of the stretch within its recording."""

    deviations: NDArray[np.floating]
    frequencies_hz: NDArray[np.floating]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DrawnClips:
    """`scores` (B,) of the clips from `starts_s` (B,) to `ends_s` (B,), and the `threshold`."""

    starts_s: Sequence[float]
    ends_s: Sequence[float]
    scores: Sequence[float]
    threshold: float


def draw_anomaly_map(
    path: str | os.PathLike[str],
    found: DrawnMap,
    *,
    clips: DrawnClips | None = None,
    title: str = "",
    note: str = "",
) -> None:
    """Draw how far each band is from normal at each time, and beside it over the whole stretch.

    Args:
        path: the .png or .svg file to write.
        found: the stretch to draw.
        clips: of the whole recording; drawn below if there are several.
        title: a heading, shortened if it is long.
        note: what stands opposite to it.

    Raises:
        ValueError: the ending is unknown, or the numbers do not agree.
        OSError: the file cannot be written.
    """
    if np.ndim(found.deviations) != 2 or len(found.deviations) != len(found.frequencies_hz):
        raise ValueError(
            f"{len(found.frequencies_hz)} frequencies do not fit deviations of shape "
            f"{np.shape(found.deviations)}"
        )
    below = _CLIPS_IN + _LABELS_IN if clips is not None and len(clips.scores) > 1 else 0.0
    width, height = _WIDTH_IN + _GAP_IN + _PROFILE_IN, _MAP_IN + below
    with picture(path, texts=[title, note], width_in=width, height_in=height) as figure:
        bottom, upper = below / height, _MAP_IN / height
        main = figure.add_axes((0, bottom, _WIDTH_IN / width, upper))
        side_at = (_WIDTH_IN + _GAP_IN) / width
        side = figure.add_axes((side_at, bottom, _PROFILE_IN / width, upper), sharey=main)
        bar = figure.add_axes((1 + _GAP_IN / width, bottom, _BAR_IN / width, upper))
        _draw_map(main, bar, found)
        _draw_profile(side, found.deviations)
        main.set_title(label_text(title), fontsize=11, loc="left")
        main.set_title(note, fontsize=9, loc="right")
        if clips is not None and below:
            lower = figure.add_axes((0, 0, _WIDTH_IN / width, _CLIPS_IN / height))
            _draw_clips(lower, clips, found)


def _draw_map(axes: "Axes", bar: "Axes", found: DrawnMap) -> None:
    count = len(found.deviations)
    image = axes.imshow(
        found.deviations, aspect="auto", origin="lower", cmap=_COLOURS, vmin=-MOST_DEVIATIONS,
        vmax=MOST_DEVIATIONS, extent=(found.start_s, found.end_s, -0.5, count - 0.5),
    )  # fmt: skip
    low, high = found.frequencies_hz[0], found.frequencies_hz[-1]
    shown = [hz for hz in _FREQUENCIES_HZ if low < hz < high]
    rows = np.interp(shown, found.frequencies_hz, np.arange(count))
    names = [f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz} Hz" for hz in shown]
    axes.set_yticks(rows, names, fontsize=8)
    axes.set_xlabel("time (s)", fontsize=9)
    axes.tick_params(axis="x", labelsize=8)
    axes.figure.colorbar(image, cax=bar, extend="both")
    bar.tick_params(labelsize=8)
    bar.set_ylabel("deviations from normal (red: louder)", fontsize=8)


def _draw_profile(axes: "Axes", deviations: NDArray[np.floating]) -> None:
    rows = np.arange(len(deviations))
    axes.axvline(0, color=NEUTRAL_COLOUR, linewidth=0.8)
    axes.plot(deviations.mean(axis=1), rows, color="black", linewidth=1.2)
    axes.set_xlabel("mean over time", fontsize=9)
    axes.tick_params(labelleft=False, labelsize=8)


def _draw_clips(axes: "Axes", clips: DrawnClips, found: DrawnMap) -> None:
    starts, ends = np.asarray(clips.starts_s), np.asarray(clips.ends_s)
    scores = np.asarray(clips.scores)
    colours = [_ANOMALOUS if score > clips.threshold else _NORMAL for score in scores]
    axes.bar(starts, scores, ends - starts, align="edge", color=colours, edgecolor="white",
             linewidth=0.5)  # fmt: skip
    axes.axhline(clips.threshold, color="black", linewidth=1, linestyle="--")
    axes.axvspan(found.start_s, found.end_s, color="black", alpha=0.12, linewidth=0)
    axes.set_xlim(starts[0], ends[-1])
    lowest = min(0.0, float(scores.min()))
    axes.set_ylim(lowest, 1.1 * max(float(scores.max()), clips.threshold))
    axes.set_xlabel("time (s); dashed: threshold, grey: the clip above", fontsize=9)
    axes.set_ylabel("score", fontsize=9)
    axes.tick_params(labelsize=8)
