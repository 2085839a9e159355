"""The run of `kikimimi detect`: each recording heard once, bad ones named."""

from collections.abc import Callable
from pathlib import Path

from kikimimi.cli.detecting.calls import DetectCall
from kikimimi.cli.detecting.keeping import Keeper
from kikimimi.cli.detecting.outputs import SCORES, Output, OutputCall, make_output, relabelled
from kikimimi.cli.detecting.timelines import Timelines
from kikimimi.cli.output import print_failure, print_message
from kikimimi.cli.progress import file_progress
from kikimimi.cli.recording_names import named_recordings
from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.file_events import (
    DetectedFile,
    DetectionSettings,
    Progress,
    detect_file,
)
from kikimimi.encoders.detection.labels import event_name, find_classes
from kikimimi.encoders.detection.registry import create_detector
from kikimimi.errors import AudioError, EncoderError, QueryError
from kikimimi.paths import display_path

_FOR_PEOPLE = frozenset({"table", "audacity", "raven"})


def run_detection(call: DetectCall) -> bool:
    """Detect and give out; return whether all recordings could be read.

    Raises:
        QueryError: the call cannot be carried out.
        EncoderError: the detector cannot be loaded, or knows no such class.
    """
    detector = create_detector(call.detector)
    settings = _settings(call, detector)
    names = named_recordings(call.places)
    if not names:
        raise QueryError("there are no sound files in what was given; give files or other folders")
    output = make_output(_output_call(call, detector, settings, list(names.values())),
                         as_json=call.as_json)  # fmt: skip
    keeper = None if call.library is None else Keeper(call, detector)
    timelines = None
    if call.pictures is not None:
        timelines = Timelines(call.pictures, list(names.values()), call.language)
    detector.load()
    run = _Run(call, detector, settings, output, timelines, keeper)
    run.all_of(names)
    output.finish()
    if keeper is not None:
        keeper.finish()
    _tell(run, detector, len(names))
    return run.failed == 0


class _Run:
    """Hears recordings one after the other and counts."""

    def __init__(
        self,
        call: DetectCall,
        detector: Detector,
        settings: DetectionSettings,
        output: Output,
        timelines: Timelines | None,
        keeper: Keeper | None,
    ) -> None:
        self._detector, self._settings = detector, settings
        self._output, self._timelines, self._keeper = output, timelines, keeper
        self._name_of = _naming(call)
        self.failed = 0
        self.events = 0
        self.seconds = 0.0

    def all_of(self, names: dict[Path, str]) -> None:
        with file_progress("Detecting") as progress:
            for done, (path, name) in enumerate(names.items()):

                def heard(seconds: float, done: int = done, path: Path = path) -> None:
                    progress(done, len(names), path, self.seconds + seconds)

                self._one(path, name, heard)
                progress(done + 1, len(names), path, self.seconds)

    def _one(self, path: Path, name: str, heard: Progress) -> None:
        try:
            with self._output.listening(name) as tap:
                found = detect_file(path, self._detector, self._settings, tap=tap, progress=heard)
            if self._timelines is not None:
                self._timelines.draw(name, path, found)
        except (AudioError, EncoderError) as error:
            print_failure(path, str(error).removeprefix(f"{display_path(path)}: "))
            self.failed += 1
            return
        self._give(name, path, found)

    def _give(self, name: str, path: Path, found: DetectedFile) -> None:
        self.seconds += found.duration_s
        self.events += len(found.events)
        if self._keeper is not None:
            self._keeper.take(path, found)
        self._output.take(name, path, relabelled(found, self._name_of))


def _settings(call: DetectCall, detector: Detector) -> DetectionSettings:
    classes = None
    if call.classes is not None:
        classes = find_classes(call.classes, detector.card.classes)
    return DetectionSettings(
        classes=classes,
        threshold=call.threshold,
        min_duration_s=call.min_duration_s,
        min_gap_s=call.min_gap_s,
    )


def _output_call(
    call: DetectCall, detector: Detector, settings: DetectionSettings, names: list[str]
) -> OutputCall:
    all_labels = detector.card.classes
    chosen = range(len(all_labels)) if settings.classes is None else settings.classes
    name_of = _naming(call)
    labels = [name_of(all_labels[number]) for number in chosen]
    if call.format == SCORES and len(set(labels)) < len(labels):
        raise QueryError(
            "several classes have one name in this language, which a table of scores cannot hold; "
            "leave --language away"
        )
    return OutputCall(call.format, call.output, names, labels, detector.card.frame_hop_s)


def _naming(call: DetectCall) -> Callable[[str], str]:
    """How the classes are called: as the detector does in what programs read, unless asked."""
    if call.language_given or (call.format in _FOR_PEOPLE and not call.as_json):
        return lambda label: event_name(label, call.language)
    return lambda label: label


def _tell(run: _Run, detector: Detector, count: int) -> None:
    files = "1 file" if count == 1 else f"{count} files"
    files = f"{count - run.failed} of {files}" if run.failed else files
    print_message(f"{run.events} events in {files}, detector {detector.identity}")
