"""The events of a recording below its spectrogram.

Axis: K classes.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kikimimi.pictures.colours import group_colours
from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture
from kikimimi.pictures.spectrum_axes import TimelineSpectrum, draw_spectrum, draw_times
from kikimimi.types import Event

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH_IN = 11.0
_SPECTRUM_IN = 2.6
_ROW_IN = 0.24
_GAP_IN = 0.12
_MOST_ROWS = 24
_BAR = 0.7
_FAINTEST = 0.35
_OTHER_COLOUR = "#0072B2"


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
        draw_spectrum(upper, spectrum, duration_s)
        upper.tick_params(labelbottom=False)
        upper.set_title(label_text(title), fontsize=11, loc="left")
        _draw_bars(lower, events, labels)
        hidden = len({event.event_label for event in events}) - len(labels)
        draw_times(lower, duration_s, f"; {hidden} more classes are not drawn" if hidden else "")


def _rows(events: Sequence[Event]) -> list[str]:
    """Labels of the rows, by their first events."""
    seconds: dict[str, float] = {}
    for event in sorted(events, key=lambda event: event.onset_s):
        length_s = event.offset_s - event.onset_s
        seconds[event.event_label] = seconds.get(event.event_label, 0.0) + length_s
    longest = sorted(seconds, key=lambda label: -seconds[label])[:_MOST_ROWS]
    return [label for label in seconds if label in longest]


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
