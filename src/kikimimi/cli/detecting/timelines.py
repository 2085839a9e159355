"""A picture of each recording: its spectrum above, its events below."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kikimimi.audio.spectrogram_image import spectrogram_image
from kikimimi.cli.recording_names import files_below
from kikimimi.encoders.detection.file_events import DetectedFile
from kikimimi.encoders.detection.labels import event_name
from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import QueryError
from kikimimi.paths import display_path
from kikimimi.pictures.event_timeline import TimelineSpectrum, draw_event_timeline
from kikimimi.pictures.fonts import can_draw
from kikimimi.types import Event

_COLUMNS, _ROWS = 1500, 256


class Timelines:
    """Draws into a folder, made if it is not there.

    Raises:
        QueryError: two recordings would have one picture.
    """

    def __init__(self, folder: Path, names: Sequence[str], language: Language) -> None:
        self._places = files_below(folder, names, extension=".png")
        self._language = language

    def draw(self, name: str, path: Path, found: DetectedFile) -> None:
        """Draw one recording.

        Raises:
            AudioError: the file cannot be decoded any more.
            QueryError: the picture cannot be written.
        """
        image = spectrogram_image(
            path, start_s=0, end_s=found.duration_s, columns=_COLUMNS, rows=_ROWS, scale="mel"
        )
        events = self._named(found)
        place = self._places[name]
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            draw_event_timeline(
                place,
                TimelineSpectrum(image.levels, image.f_min_hz, image.f_max_hz),
                events,
                duration_s=found.duration_s,
                title=name,
            )
        except OSError as error:
            raise QueryError(
                f"cannot write {display_path(place)}: {error.strerror}; choose another place"
            ) from None

    def _named(self, found: DetectedFile) -> list[Event]:
        """The events as the user calls them; in English where no font has the characters."""
        labels = {event.event_label for event in found.events}
        drawable = can_draw(event_name(label, self._language) for label in labels)
        language = self._language if drawable else "en"
        return [
            replace(event, event_label=event_name(event.event_label, language))
            for event in found.events
        ]
