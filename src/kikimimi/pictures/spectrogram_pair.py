"""The spectrum of a recording before and after something was done to it.

Axes: X columns over time, Y rows from the highest frequency down.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from kikimimi.pictures.fonts import label_text
from kikimimi.pictures.saving import picture
from kikimimi.pictures.spectrum_axes import TimelineSpectrum, draw_spectrum, draw_times

_SPECTRUM_IN = 2.4
_GAP_IN = 0.35
_BAR_IN = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class HeardSpectrum:
    """A spectrum, what it is of, and how long that is."""

    label: str
    spectrum: TimelineSpectrum
    duration_s: float


def draw_spectrogram_pair(
    path: str | os.PathLike[str],
    spectra: Sequence[HeardSpectrum],
    *,
    floor_db: float,
    ceiling_db: float,
    title: str = "",
    width_in: float = 10.0,
) -> None:
    """Draw spectra below each other, over the same times and with one scale of colours.

    Args:
        path: the .png or .svg file to write.
        spectra: from the first to the last; level 0 is `floor_db`, 255 is `ceiling_db`.
        floor_db: in dB relative to a sine at full scale.
        ceiling_db: likewise.
        title: a heading.
        width_in: width of a spectrum in inches.

    Raises:
        ValueError: the ending is unknown, there is no spectrum, or one of no length.
        OSError: the file cannot be written.
    """
    if not spectra or not all(each.duration_s > 0 for each in spectra):
        raise ValueError("a picture needs spectra of more than 0 s")
    longest_s = max(each.duration_s for each in spectra)
    height_in = len(spectra) * (_SPECTRUM_IN + _GAP_IN)
    texts = [title, *(each.label for each in spectra)]
    with picture(path, texts=texts, width_in=width_in, height_in=height_in) as figure:
        for number, each in enumerate(spectra):
            bottom = (len(spectra) - 1 - number) * (_SPECTRUM_IN + _GAP_IN) / height_in
            axes = figure.add_axes((0, bottom, 1, _SPECTRUM_IN / height_in))
            draw_spectrum(axes, each.spectrum, each.duration_s)
            axes.set_title(label_text(each.label), fontsize=9, loc="right")
            draw_times(axes, longest_s)
            if number == 0:
                axes.set_title(label_text(title), fontsize=11, loc="left")
            if number < len(spectra) - 1:
                axes.tick_params(labelbottom=False)
                axes.set_xlabel("")
        share = _SPECTRUM_IN / height_in
        colours = figure.add_axes((1 + _BAR_IN / width_in, 0, _BAR_IN / width_in, share))
        bar = figure.colorbar(axes.images[0], cax=colours)
        bar.set_ticks([0, 255], labels=[f"{floor_db:g}", f"{ceiling_db:g} dB"], fontsize=8)
