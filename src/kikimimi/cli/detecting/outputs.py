"""What `kikimimi detect` gives out, by the name of the format.

Axes: N frames, K classes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from kikimimi.cli.detecting.score_table import ScoreTable
from kikimimi.cli.output import duration_text, json_path, print_json, print_table
from kikimimi.cli.recording_names import files_below
from kikimimi.datasets.annotations.contract import WritingOptions
from kikimimi.datasets.annotations.registry import (
    annotation_extension,
    annotation_formats,
    annotation_text,
    write_annotations,
)
from kikimimi.encoders.detection.file_events import DetectedFile, ScoreTap
from kikimimi.errors import QueryError
from kikimimi.files import draft_of
from kikimimi.paths import display_path

TABLE, SCORES = "table", "scores"

_SCORE_EXTENSION = ".tsv"


@dataclass(frozen=True, slots=True)
class OutputCall:
    """What was asked for: the names of the recordings, the labels of the scores."""

    format: str
    place: Path | None
    names: Sequence[str]
    labels: Sequence[str]
    frame_hop_s: float


class Output(Protocol):
    """Takes what was found in one recording after the other."""

    def listening(self, name: str) -> AbstractContextManager[ScoreTap | None]:
        """What wants to be told of the scores of a recording."""

    def take(self, name: str, path: Path, found: DetectedFile) -> None:
        """Give out the events of a recording, or keep them."""

    def finish(self) -> None:
        """Give out what was kept."""


def make_output(call: OutputCall, *, as_json: bool) -> Output:
    """The output for a call.

    Raises:
        QueryError: the format is unknown, or cannot be written to the place.
    """
    if as_json:
        _require(call.place is None, "--json prints; leave --output away, or --json")
        return JsonLines()
    if call.format == TABLE:
        _require(call.place is None, "a table is printed; choose another --format to write")
        return Table()
    if call.format == SCORES:
        return Scores(call)
    if call.format not in annotation_formats():
        known = ", ".join(output_formats())
        raise QueryError(f"there is no format '{call.format}'; choose among {known}")
    if call.place is not None and _is_folder(call.place):
        return AnnotationFolder(call)
    return Annotations(call)


def output_formats() -> tuple[str, ...]:
    """The names of all formats, the table first."""
    return (TABLE, *annotation_formats(), SCORES)


class _EventsOnly:
    def listening(self, name: str) -> AbstractContextManager[ScoreTap | None]:
        """Nothing: scores are not given out."""
        return nullcontext()

    def finish(self) -> None:
        """Nothing is left."""


class Table(_EventsOnly):
    """Rows for people."""

    def take(self, name: str, path: Path, found: DetectedFile) -> None:
        """Print a table of the recording."""
        columns = ("file", "onset", "offset", "length", "score", "event")
        rows = [
            (
                *(name, f"{event.onset_s:.2f}", f"{event.offset_s:.2f}"),
                *(duration_text(event.offset_s - event.onset_s), f"{event.score:.2f}"),
                event.event_label,
            )
            for event in found.events
        ]
        print_table(columns, rows, right=columns[1:5])


class JsonLines(_EventsOnly):
    """A line of JSON for each recording."""

    def take(self, name: str, path: Path, found: DetectedFile) -> None:
        """Print the line."""
        events = [
            {
                **{"onset": round(event.onset_s, 6), "offset": round(event.offset_s, 6)},
                **{"event_label": event.event_label, "score": round(event.score, 6)},
            }
            for event in found.events
        ]
        record = {"path": json_path(path), "duration": round(found.duration_s, 6)}
        print_json({**record, "events": events})


class Annotations(_EventsOnly):
    """One file, or standard output, for all recordings."""

    def __init__(self, call: OutputCall) -> None:
        self._call = call
        self._found: dict[str, DetectedFile] = {}
        if call.place is not None:
            _require_folder_of(call.place)

    def take(self, name: str, path: Path, found: DetectedFile) -> None:
        """Keep the events."""
        self._found[name] = found

    def finish(self) -> None:
        """Write or print them."""
        call, options = self._call, _options(self._found)
        events = {name: found.events for name, found in self._found.items()}
        if call.place is None:
            print(annotation_text(events, format=call.format, options=options), end="", flush=True)
            return
        with _writing(call.place):
            write_annotations(call.place, events, format=call.format, options=options)


class AnnotationFolder(_EventsOnly):
    """A file for each recording, written when it is heard."""

    def __init__(self, call: OutputCall) -> None:
        assert call.place is not None
        self._format = call.format
        extension = annotation_extension(call.format)
        self._places = files_below(call.place, call.names, extension=extension)

    def take(self, name: str, path: Path, found: DetectedFile) -> None:
        """Write the file."""
        place, options = self._places[name], _options({name: found})
        with _writing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_annotations(place, {name: found.events}, format=self._format, options=options)


class Scores:
    """The scores of all frames, a table for each recording, as sed_scores_eval reads them."""

    def __init__(self, call: OutputCall) -> None:
        if call.place is None or call.place.is_file():
            raise QueryError("scores are a file for each recording; give a folder with --output")
        self._places = files_below(call.place, call.names, extension=_SCORE_EXTENSION)
        self._call = call

    @contextmanager
    def listening(self, name: str) -> Iterator[ScoreTap | None]:
        """Write the scores as they come."""
        place = self._places[name]
        with _writing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            with draft_of(place) as draft, draft.open("w", encoding="utf-8", newline="") as file:
                table = ScoreTable(file, self._call.labels, frame_hop_s=self._call.frame_hop_s)
                yield table.add

    def take(self, name: str, path: Path, found: DetectedFile) -> None:
        """Nothing: the scores are written already."""

    def finish(self) -> None:
        """Nothing is left."""


def relabelled(found: DetectedFile, name_of: Callable[[str], str]) -> DetectedFile:
    """The same events under other labels."""
    events = (replace(event, event_label=name_of(event.event_label)) for event in found.events)
    return replace(found, events=tuple(events))


def _options(found: dict[str, DetectedFile]) -> WritingOptions:
    rates_hz = [each.recording.sample_rate_hz for each in found.values()]
    return WritingOptions(
        list_empty=False,
        sample_rate_hz=min(rates_hz, default=None),
        durations_s={name: each.duration_s for name, each in found.items()},
    )


def _is_folder(place: Path) -> bool:
    return place.is_dir() or not place.suffix


def _require(holds: bool, complaint: str) -> None:
    if not holds:
        raise QueryError(complaint)


def _require_folder_of(place: Path) -> None:
    if not place.absolute().parent.is_dir():
        raise QueryError(f"{display_path(place)}: its folder does not exist; make it first")


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise QueryError(
            f"cannot write {display_path(place)}: {error.strerror}; choose another place"
        ) from None
