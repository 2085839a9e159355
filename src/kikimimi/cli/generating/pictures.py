"""Spectrograms of what was made, each below the sound that it was made after."""

from collections.abc import Sequence
from pathlib import Path

from kikimimi.audio.spectrogram_image import spectrogram_image
from kikimimi.cli.generating.session import Session, Written
from kikimimi.cli.output import print_message
from kikimimi.errors import QueryError
from kikimimi.paths import display_path
from kikimimi.pictures.spectrogram_pair import HeardSpectrum, draw_spectrogram_pair
from kikimimi.pictures.spectrum_axes import TimelineSpectrum

MOST_SPECTRA = 20

_COLUMNS, _ROWS = 1200, 192
_FLOOR_DB, _CEILING_DB = -100.0, 0.0


def draw_made(path: Path, session: Session, written: Sequence[Written]) -> None:
    """Draw originals and made sounds below each other, at most 20.

    Raises:
        AudioError: a file cannot be decoded any more.
        QueryError: the picture cannot be written.
    """
    spectra, drawn = [], set()
    for each in written:
        original = session.path_of(each.original)
        if original is not None and each.original is not None and original not in drawn:
            drawn.add(original)
            spectra.append(_heard(each.original.name, original, each.original.duration_s))
        spectra.append(_heard(each.path.name, each.path, each.made.duration_s))
    if len(spectra) > MOST_SPECTRA:
        print_message(f"the picture shows {MOST_SPECTRA} of {len(spectra)} spectrograms")
    try:
        draw_spectrogram_pair(
            path, spectra[:MOST_SPECTRA], floor_db=_FLOOR_DB, ceiling_db=_CEILING_DB
        )
    except OSError as error:
        raise QueryError(
            f"cannot write {display_path(path)}: {error.strerror}; choose another place"
        ) from None


def _heard(label: str, path: Path, duration_s: float) -> HeardSpectrum:
    image = spectrogram_image(
        path, start_s=0, end_s=duration_s, columns=_COLUMNS, rows=_ROWS, scale="mel",
        floor_db=_FLOOR_DB, ceiling_db=_CEILING_DB,
    )  # fmt: skip
    spectrum = TimelineSpectrum(image.levels, image.f_min_hz, image.f_max_hz)
    return HeardSpectrum(label, spectrum, duration_s)
