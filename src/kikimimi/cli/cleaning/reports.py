"""Pictures and reports of cleaned recordings, written to files."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kikimimi.audio.spectrogram_image import spectrogram_image
from kikimimi.cleaning.recordings import Cleaned
from kikimimi.cli.cleaning.html_report import HTML_PICTURES, html_report
from kikimimi.cli.cleaning.records import cleaned_record
from kikimimi.cli.options import check_output
from kikimimi.cli.recording_names import files_below
from kikimimi.errors import QueryError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.pictures.spectrogram_pair import HeardSpectrum, draw_spectrogram_pair
from kikimimi.pictures.spectrum_axes import TimelineSpectrum

_SUFFIXES = (".html", ".json")
_COLUMNS, _ROWS = 1200, 256
_FLOOR_DB, _CEILING_DB = -100.0, 0.0
_HTML_WIDTH_IN = 6.5


class Pictures:
    """Draws recordings before and after into a folder, made if it is not there.

    Raises:
        QueryError: two recordings would have one picture.
    """

    def __init__(self, folder: Path, names: Mapping[Path, str]) -> None:
        places = files_below(folder, list(names.values()), extension=".png")
        self._names = dict(names)
        self._places = {path: places[name] for path, name in names.items()}

    def draw(self, cleaned: Cleaned) -> None:
        """Draw one recording.

        Raises:
            AudioError: a file cannot be decoded any more.
            QueryError: the picture cannot be written.
        """
        place = self._places[cleaned.job.source]
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _draw_pair(place, cleaned, self._names[cleaned.job.source])
        except OSError as error:
            raise _cannot_write(place, error) from None


def check_report(path: Path) -> None:
    """Check where a report is to be written before any work is done. Raises QueryError."""
    check_output(path, suffixes=_SUFFIXES)


def write_report(path: Path, all_cleaned: Sequence[Cleaned], chain: str) -> None:
    """Write what became of recordings as HTML or JSON.

    Args:
        path: its ending says which.
        all_cleaned: the recordings.
        chain: what they were cleaned with, in words.

    Raises:
        AudioError: a file cannot be decoded any more.
        QueryError: the report cannot be written.
    """
    try:
        text = _WRITERS[path.suffix.lower()](path, all_cleaned, chain)
        with draft_of(path) as draft:
            draft.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _cannot_write(path, error) from None


def _as_json(path: Path, all_cleaned: Sequence[Cleaned], chain: str) -> str:
    record = {"chain": chain, "recordings": [cleaned_record(each) for each in all_cleaned]}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _as_html(path: Path, all_cleaned: Sequence[Cleaned], chain: str) -> str:
    pictures = [_picture_bytes(each) for each in all_cleaned[:HTML_PICTURES]]
    return html_report(all_cleaned, pictures, chain=chain, beside=path.absolute().parent)


def _picture_bytes(cleaned: Cleaned) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "pair.png")
        _draw_pair(place, cleaned, "", width_in=_HTML_WIDTH_IN)
        return place.read_bytes()


def _draw_pair(place: Path, cleaned: Cleaned, title: str, *, width_in: float = 10.0) -> None:
    spectra = [_heard("before", cleaned.job.source, cleaned.before.figures.duration_s)]
    if cleaned.after is not None and cleaned.job.target is not None:
        spectra.append(_heard("after", cleaned.job.target, cleaned.after.figures.duration_s))
    draw_spectrogram_pair(
        place, spectra, floor_db=_FLOOR_DB, ceiling_db=_CEILING_DB, title=title, width_in=width_in
    )


def _heard(label: str, path: Path, duration_s: float) -> HeardSpectrum:
    image = spectrogram_image(
        path, start_s=0, end_s=duration_s, columns=_COLUMNS, rows=_ROWS, scale="mel",
        floor_db=_FLOOR_DB, ceiling_db=_CEILING_DB,
    )  # fmt: skip
    spectrum = TimelineSpectrum(image.levels, image.f_min_hz, image.f_max_hz)
    return HeardSpectrum(label, spectrum, duration_s)


def _cannot_write(place: Path, error: OSError) -> QueryError:
    return QueryError(f"cannot write {display_path(place)}: {error.strerror}; choose another place")


_WRITERS = {".json": _as_json, ".html": _as_html}
