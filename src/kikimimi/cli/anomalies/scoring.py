"""The run of `kikimimi anomaly score`: each recording scored, bad ones named."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kikimimi.cli.anomalies.places import draw_places
from kikimimi.cli.output import json_path, print_failure, print_json, print_message, print_table
from kikimimi.cli.progress import file_progress
from kikimimi.cli.recording_names import files_below, named_recordings
from kikimimi.errors import AnomalyError, AudioError, EncoderError, QueryError
from kikimimi.paths import display_path
from kikimimi.tasks.anomaly.model import FileScores, FittedModel
from kikimimi.tasks.anomaly.storage import load_model


@dataclass(frozen=True, slots=True)
class ScoreCall:
    """What was asked for; `pictures` is a folder for a picture of each recording."""

    places: tuple[Path, ...]
    model: Path
    false_alarm_rate: float | None
    pictures: Path | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class ScoreCounts:
    """How many recordings failed, wholly or in part, and how many are anomalous."""

    failed: int
    anomalous: int


def run_scoring(call: ScoreCall) -> ScoreCounts:
    """Score and tell.

    Raises:
        QueryError: there are no sound files, two pictures would have one name, or one cannot be
            written.
        AnomalyError: there is no such model, or it is damaged or of another encoder.
        EncoderError: its encoder is not here.
    """
    model = load_model(call.model)
    if call.false_alarm_rate is not None:
        model = model.at_rate(call.false_alarm_rate)
    names = named_recordings(call.places)
    if not names:
        raise QueryError("there are no sound files in what was given; give files or other folders")
    pictures: dict[str, Path] = {}
    if call.pictures is not None:
        pictures = files_below(call.pictures, list(names.values()), extension=".png")
    found = _score_all(call, model, names, pictures)
    if not call.as_json:
        rows = [_row(names[scores.path], scores) for scores in found]
        columns = ("file", "score", "threshold", "", "highest at")
        print_table(columns, rows, right=columns[1:3])
    failed, partly = len(names) - len(found), sum(bool(scores.silent) for scores in found)
    counts = ScoreCounts(failed + partly, sum(scores.anomalous for scores in found))
    print_message(
        f"{counts.anomalous} of {len(found)} recordings anomalous"
        + (f", {failed} could not be scored" if failed else "")
        + (f", {partly} only in part" if partly else "")
        + f"; model {model.identity}"
    )
    return counts


def _score_all(
    call: ScoreCall, model: FittedModel, names: dict[Path, str], pictures: dict[str, Path]
) -> list[FileScores]:
    found, seconds = [], 0.0
    with file_progress("Scoring") as progress:
        for done, (path, name) in enumerate(names.items(), start=1):
            try:
                scores = model.score_file(path)
                if name in pictures:
                    _draw(pictures[name], name, scores, model)
            except (AudioError, AnomalyError, EncoderError) as error:
                print_failure(path, str(error).removeprefix(f"{display_path(path)}: "))
            else:
                _tell_silence(scores)
                found.append(scores)
                seconds += scores.windows[-1].end_s
                if call.as_json:
                    print_json(score_record(scores, model))
            progress(done, len(names), path, seconds)
    return found


def _tell_silence(scores: FileScores) -> None:
    if not scores.silent:
        return
    first, others = scores.silent[0], len(scores.silent) - 1
    more = f" and {others} more" if others else ""
    place = f"{first.start_s:g} to {first.end_s:g} s{more}"
    print_failure(scores.path, f"{place}: silent, not scored; check the microphone or cable")


def _draw(picture: Path, name: str, scores: FileScores, model: FittedModel) -> None:
    try:
        draw_places(picture, scores, model, title=name)
    except OSError as error:
        raise QueryError(
            f"{display_path(picture)}: cannot be written ({error.strerror}); give another folder"
        ) from None


def score_record(scores: FileScores, model: FittedModel) -> dict[str, Any]:
    """A recording's scores for programs; times in seconds."""
    clips = zip(scores.windows, scores.clips.scores, scores.clips.anomalous, strict=True)
    return {
        "path": json_path(scores.path),
        "score": scores.score,
        "threshold": scores.threshold,
        "anomalous": scores.anomalous,
        "clips": [
            {
                "start": window.start_s,
                "end": window.end_s,
                "score": float(score),
                "anomalous": bool(anomalous),
            }
            for window, score, anomalous in clips
        ],
        "silent": [{"start": window.start_s, "end": window.end_s} for window in scores.silent],
        "model": model.identity,
    }


def _row(name: str, scores: FileScores) -> tuple[str, ...]:
    worst = scores.windows[int(scores.clips.scores.argmax())]
    return (
        name,
        f"{scores.score:.4g}",
        f"{scores.threshold:.4g}",
        "anomalous" if scores.anomalous else "normal",
        f"{worst.start_s:.1f}-{worst.end_s:.1f} s",
    )
