"""A spectrum over time in a figure, with its frequencies and times.

Axes: X columns over time, Y rows from the highest frequency down.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kikimimi.pictures.colours import SEQUENTIAL_COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FREQUENCIES_HZ = (100, 300, 1000, 3000, 10000)
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400)
_TICKS = 12


@dataclass(frozen=True, slots=True, eq=False)
class TimelineSpectrum:
    """`levels` (Y, X) uint8, rows equal in mel from `f_max_hz` down to `f_min_hz`."""

    levels: NDArray[np.uint8]
    f_min_hz: float
    f_max_hz: float


def draw_spectrum(axes: "Axes", spectrum: TimelineSpectrum, duration_s: float) -> None:
    """Draw the spectrum of a recording from 0 to `duration_s`."""
    low, high = _mel(spectrum.f_min_hz), _mel(spectrum.f_max_hz)
    axes.imshow(
        spectrum.levels, aspect="auto", cmap=SEQUENTIAL_COLOURS, vmin=0, vmax=255,
        extent=(0, duration_s, low, high), interpolation="bilinear",
    )  # fmt: skip
    shown = [hz for hz in _FREQUENCIES_HZ if low < _mel(hz) < high]
    axes.set_yticks([_mel(hz) for hz in shown], [_frequency_text(hz) for hz in shown], fontsize=8)
    axes.set_ylabel("frequency", fontsize=9)


def draw_times(axes: "Axes", duration_s: float, note: str = "") -> None:
    """Write the times from 0 to `duration_s` below the axes, and a note behind their unit."""
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
