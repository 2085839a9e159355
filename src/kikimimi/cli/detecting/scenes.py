"""The run of `kikimimi scenes`: each recording heard once, bad ones named."""

from dataclasses import dataclass
from pathlib import Path

from kikimimi.cli.detecting.outputs import SCORES, OutputCall, make_output
from kikimimi.cli.detecting.timelines import Timelines
from kikimimi.cli.output import print_failure
from kikimimi.cli.progress import file_progress
from kikimimi.cli.recording_names import named_recordings
from kikimimi.encoders.detection.file_events import DetectedFile
from kikimimi.errors import AudioError, EncoderError, QueryError
from kikimimi.paths import display_path


@dataclass(frozen=True, slots=True)
class SceneCall:
    """What was asked for on the command line."""

    places: tuple[Path, ...]
    run: Path
    smooth_s: float
    format: str
    output: Path | None
    pictures: Path | None
    as_json: bool


def run_scenes(call: SceneCall) -> bool:
    """Hear and give out; return whether all recordings could be read.

    Raises:
        QueryError: the call cannot be carried out.
        ConfigError: the run holds no classifier.
    """
    import torch

    from kikimimi.tasks.classification.over_time import OverTimeClassifier, stretches

    if call.format == SCORES:
        raise QueryError("there is no format 'scores' for scenes; choose another, or --json")
    names = named_recordings(call.places)
    if not names:
        raise QueryError("there are no sound files in what was given; give files or other folders")
    torch.set_num_threads(1)
    classifier = OverTimeClassifier(call.run)
    all_names = list(names.values())
    output = make_output(
        OutputCall(call.format, call.output, all_names, classifier.classes, classifier.window_s),
        as_json=call.as_json,
    )
    timelines = None
    if call.pictures is not None:
        timelines = Timelines(call.pictures, all_names, "en")
    failed, seconds = 0, 0.0
    with file_progress("Hearing scenes") as progress:
        for done, (path, name) in enumerate(names.items(), start=1):
            try:
                heard = classifier(path)
                scenes = stretches(heard, classifier.classes, smooth_s=call.smooth_s)
                found = DetectedFile(heard.recording, heard.duration_s, scenes)
                if timelines is not None:
                    timelines.draw(name, path, found)
            except (AudioError, EncoderError) as error:
                print_failure(path, str(error).removeprefix(f"{display_path(path)}: "))
                failed += 1
                continue
            output.take(name, path, found)
            seconds += heard.duration_s
            progress(done, len(names), path, seconds)
    output.finish()
    return not failed
