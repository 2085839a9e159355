"""The events of a recording below its spectrogram.

Axes: X columns over time, Y rows from the highest frequency down, K classes.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import SEQUENTIAL_COLOURS, group_colours
from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture
from kikimimi.types import Event

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH_IN = 11.0
_SPECTRUM_IN = 2.6
_ROW_IN = 0.24
_GAP_IN = 0.12
_MOST_ROWS = 24
_BAR = 0.7
_FREQUENCIES_HZ = (100, 300, 1000, 3000, 10000)
_FAINTEST = 0.35
_OTHER_COLOUR = "#0072B2"
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400)
_TICKS = 12


@dataclass(frozen=True, slots=True, eq=False)
class TimelineSpectrum:
    """`levels` (Y, X) uint8, rows equal in mel from `f_max_hz` down to `f_min_hz`."""

    levels: NDArray[np.uint8]
    f_min_hz: float
    f_max_hz: float


def draw_event_timeline(
    path: str | os.PathLike[str],
    spectrum: TimelineSpectrum,
    events: Sequence[Event],
    *,
    duration_s: float,
    title: str = "",
) -> None:
    """Draw the spectrum of a whole recording and a row of bars for each class of events.

    Rows stand in the order of their first events; of more than 24 classes those with the longest
    time are drawn. The stronger a bar, the higher its score.

    Args:
        path: the .png or .svg file to write.
        spectrum: of the recording from 0 to `duration_s`.
        events: in any order; their labels are drawn.
        duration_s: length of the recording.
        title: a heading.

    Raises:
        ValueError: the ending is unknown, or the duration is not above 0.
        OSError: the file cannot be written.
    """
    if not duration_s > 0:
        raise ValueError(f"a timeline needs a duration above 0 s, but got {duration_s} s")
    labels = _rows(events)
    bars_in = _ROW_IN * max(1, len(labels))
    height = _SPECTRUM_IN + _GAP_IN + bars_in
    with picture(path, texts=[*labels, title], width_in=_WIDTH_IN, height_in=height) as figure:
        upper = figure.add_axes((0, 1 - _SPECTRUM_IN / height, 1, _SPECTRUM_IN / height))
        lower = figure.add_axes((0, 0, 1, bars_in / height), sharex=upper)
        _draw_spectrum(upper, spectrum, duration_s)
        upper.set_title(label_text(title), fontsize=11, loc="left")
        _draw_bars(lower, events, labels)
        hidden = len({event.event_label for event in events}) - len(labels)
        _draw_times(lower, duration_s, f"; {hidden} more classes are not drawn" if hidden else "")


def _rows(events: Sequence[Event]) -> list[str]:
    """Labels of the rows, by their first events."""
    seconds: dict[str, float] = {}
    for event in sorted(events, key=lambda event: event.onset_s):
        length_s = event.offset_s - event.onset_s
        seconds[event.event_label] = seconds.get(event.event_label, 0.0) + length_s
    longest = sorted(seconds, key=lambda label: -seconds[label])[:_MOST_ROWS]
    return [label for label in seconds if label in longest]


def _draw_spectrum(axes: "Axes", spectrum: TimelineSpectrum, duration_s: float) -> None:
    low, high = _mel(spectrum.f_min_hz), _mel(spectrum.f_max_hz)
    axes.imshow(
        spectrum.levels, aspect="auto", cmap=SEQUENTIAL_COLOURS, vmin=0, vmax=255,
        extent=(0, duration_s, low, high), interpolation="bilinear",
    )  # fmt: skip
    shown = [hz for hz in _FREQUENCIES_HZ if low < _mel(hz) < high]
    axes.set_yticks([_mel(hz) for hz in shown], [_frequency_text(hz) for hz in shown], fontsize=8)
    axes.set_ylabel("frequency", fontsize=9)
    axes.tick_params(labelbottom=False)


def _draw_bars(axes: "Axes", events: Sequence[Event], labels: Sequence[str]) -> None:
    colours = group_colours(labels)
    for row, label in enumerate(labels):
        own = [event for event in events if event.event_label == label]
        spans = [(event.onset_s, event.offset_s - event.onset_s) for event in own]
        strengths = [_FAINTEST + (1 - _FAINTEST) * min(max(e.score, 0.0), 1.0) for e in own]
        axes.broken_barh(
            spans, (row - _BAR / 2, _BAR), alpha=strengths, linewidth=0,
            facecolors=colours.get(label, _OTHER_COLOUR),
        )  # fmt: skip
    axes.set_yticks(range(len(labels)), [label_text(label) for label in labels], fontsize=9)
    axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    axes.grid(axis="x", linewidth=0.4, alpha=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _draw_times(axes: "Axes", duration_s: float, note: str) -> None:
    step = next((step for step in _STEPS_S if duration_s / step <= _TICKS), _STEPS_S[-1])
    ticks = np.arange(0, duration_s * (1 + 1e-9), step)
    axes.set_xticks(ticks, [_time_text(float(tick), step) for tick in ticks], fontsize=8)
    axes.set_xlim(0, duration_s)
    unit = "s" if step < 60 and duration_s < 60 else "min:s" if duration_s < 3600 else "h:min:s"
    axes.set_xlabel(f"time ({unit}){note}", fontsize=9)


def _time_text(seconds: float, step: float) -> str:
    if seconds < 60 and step < 1:
        return f"{seconds:.1f}"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{rest}"


def _frequency_text(hz: float) -> str:
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz"


def _mel(hz: float) -> float:
    """O'Shaughnessy's mel scale, as in HTK."""
    return float(2595 * np.log10(1 + hz / 700))
