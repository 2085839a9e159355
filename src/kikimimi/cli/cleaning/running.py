"""The run of `kikimimi clean`: many recordings at once, bad ones named."""

from collections.abc import Mapping
from pathlib import Path

from kikimimi.cleaning.batch import Outcome, clean_all
from kikimimi.cleaning.presets import Preset, load_preset
from kikimimi.cleaning.recordings import SUBTYPES, Cleaned, Job
from kikimimi.cli.cleaning.calls import CleanCall
from kikimimi.cli.cleaning.places import find_recordings, find_targets
from kikimimi.cli.cleaning.records import cleaned_record
from kikimimi.cli.cleaning.reports import Pictures, check_report, write_report
from kikimimi.cli.cleaning.tables import print_many, print_one
from kikimimi.cli.output import print_failure, print_json, print_message, short_path
from kikimimi.cli.progress import file_progress
from kikimimi.errors import KikimimiError, QueryError
from kikimimi.names import suggestion
from kikimimi.paths import display_path
from kikimimi.processors import usable_cores

USUAL_PRESET = "field"


def run_cleaning(call: CleanCall) -> bool:
    """Clean, or only tell of the recordings; return whether all went well.

    Raises:
        QueryError: the call cannot be carried out; nothing was written.
        ConfigError: there is no such preset, or it is wrong.
    """
    _check(call)
    preset = _preset(call)
    names = find_recordings(call.places, call.output)
    targets = {} if call.output is None else find_targets(names, call.output)
    pictures = None if call.pictures is None else Pictures(call.pictures, names)
    run = _Run(call, pictures)
    run.all_of(_jobs(call, preset, names, targets))
    done = run.in_order(names)
    if not call.as_json and done:
        print_one(done[0]) if len(names) == 1 else print_many(done)
    if call.report is not None:
        write_report(call.report, done, _chain_text(call, preset))
    _tell(call, preset, len(done), len(names))
    return len(done) == len(names) and not run.failed


class _Run:
    """Collects what becomes of the recordings."""

    def __init__(self, call: CleanCall, pictures: Pictures | None) -> None:
        self._call = call
        self._pictures = pictures
        self._done: dict[Path, Cleaned] = {}
        self.failed = False

    def all_of(self, jobs: list[Job]) -> None:
        seconds = 0.0
        workers = self._call.jobs or usable_cores()
        with file_progress("Cleaning") as progress:

            def heard(recording_s: float) -> None:
                progress(len(self._done), len(jobs), jobs[0].source, seconds + recording_s)

            outcomes = clean_all(jobs, workers=workers, heard=heard)
            for number, (job, outcome) in enumerate(outcomes, start=1):
                self._take(job, outcome)
                if job.source in self._done:
                    seconds += self._done[job.source].before.figures.duration_s
                progress(number, len(jobs), job.source, seconds)

    def in_order(self, names: Mapping[Path, str]) -> list[Cleaned]:
        """What went well, in the order of the call."""
        return [self._done[path] for path in names if path in self._done]

    def _take(self, job: Job, outcome: Outcome) -> None:
        if isinstance(outcome, KikimimiError):
            print_failure(job.source, str(outcome).removeprefix(f"{display_path(job.source)}: "))
            return
        self._done[job.source] = outcome
        if self._call.as_json:
            print_json(cleaned_record(outcome))
        if self._pictures is not None:
            try:
                self._pictures.draw(outcome)
            except KikimimiError as error:
                print_failure(job.source, str(error))
                self.failed = True


def _check(call: CleanCall) -> None:
    if call.subtype is not None and call.subtype not in SUBTYPES:
        hint = suggestion(call.subtype, SUBTYPES)
        raise QueryError(f"recordings are not written as '{call.subtype}'; {hint}")
    if call.report is not None:
        check_report(call.report)


def _preset(call: CleanCall) -> Preset | None:
    """The preset that gives the chain, None for that of the suggestions."""
    if call.preset is None and (call.auto or call.output is None):
        return None
    return load_preset(call.preset or USUAL_PRESET)


def _jobs(
    call: CleanCall,
    preset: Preset | None,
    names: Mapping[Path, str],
    targets: Mapping[Path, Path],
) -> list[Job]:
    for folder in {target.parent for target in targets.values()}:
        _make_folder(folder)
    return [
        Job(
            source=path,
            target=targets.get(path),
            steps=None if preset is None else preset.steps,
            adapt=call.auto,
            subtype=call.subtype,
            replace=call.overwrite,
        )
        for path in names
    ]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QueryError(
            f"cannot make the folder {display_path(folder)}: {error.strerror}; choose another place"
        ) from None


def _chain_text(call: CleanCall, preset: Preset | None) -> str:
    if preset is None:
        return "the suggestions of the analysis"
    return f"preset {preset.name}" + (", its settings as suggested" if call.auto else "")


def _tell(call: CleanCall, preset: Preset | None, done: int, count: int) -> None:
    recordings = "1 recording" if count == 1 else f"{count} recordings"
    recordings = f"{done} of {recordings}" if done < count else recordings
    if call.output is None:
        print_message(f"{recordings} told of; give -o to clean")
    else:
        place = short_path(call.output.absolute())
        print_message(f"{recordings} cleaned into {place}, {_chain_text(call, preset)}")
