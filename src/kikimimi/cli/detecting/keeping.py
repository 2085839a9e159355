"""`kikimimi detect --keep`: events into the library."""

from pathlib import Path

from kikimimi.cli.detecting.calls import DetectCall
from kikimimi.cli.options import open_library
from kikimimi.cli.output import duration_text, json_path, print_failure, print_json, print_message
from kikimimi.cli.progress import file_progress
from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.file_events import DetectedFile
from kikimimi.encoders.detection.registry import load_detector
from kikimimi.errors import QueryError, UnknownError


class Keeper:
    """Keeps the events of the recordings that the library holds.

    Raises:
        QueryError: not all events were asked for, as the detector itself tells them.
        LibraryError: there is no library.
    """

    def __init__(self, call: DetectCall, detector: Detector) -> None:
        _check(call)
        self._library = open_library(call.library)
        self._detector = detector
        self._unknown = 0

    def take(self, path: Path, found: DetectedFile) -> None:
        """Keep the events of one recording."""
        try:
            sound = self._library.sound(path)
        except UnknownError:
            self._unknown += 1
            return
        self._library.detections.keep(sound, self._detector.identity, found.events)

    def finish(self) -> None:
        """Tell how many recordings the library does not hold."""
        if self._unknown:
            print_message(
                f"not kept: {self._unknown} that the library does not hold; index them first"
            )
        self._library.close()


def detect_library(call: DetectCall) -> bool:
    """Hear the sounds of the library that were not heard yet; return whether all could be read.

    Raises:
        QueryError: `--keep` was not given, or something that needs files was.
        LibraryError: there is no library.
    """
    if call.library is None:
        raise QueryError("there is nothing to hear; give sound files, folders, or --keep")
    _check(call)
    if call.output is not None or call.pictures is not None:
        raise QueryError("--output and --picture need sound files or folders; name them")
    detector = load_detector(call.detector)
    with open_library(call.library) as library, file_progress("Detecting") as progress:
        report = library.detections.detect(detector, progress=lambda *told: progress(*told))
    for failure in report.failures:
        print_failure(failure.path, failure.reason)
        if call.as_json:
            print_json({"path": json_path(failure.path), "error": failure.reason})
    if call.as_json:
        counts = {"detected": report.detected, "events": report.events}
        print_json({**counts, "failed": len(report.failures), "detector": detector.identity})
    heard = f"{report.events} events in {report.detected} sounds"
    print_message(f"{heard}, {duration_text(report.audio_seconds)}, detector {detector.identity}")
    return not report.failures


def _check(call: DetectCall) -> None:
    changed = call.classes or call.threshold is not None or call.min_duration_s or call.min_gap_s
    if changed:
        raise QueryError(
            "--keep takes all events as the detector tells them; leave --classes, --threshold, "
            "--min-duration and --min-gap away"
        )
