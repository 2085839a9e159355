"""The run of `kikimimi anomaly fit`: recordings of normal sound in, a model out."""

from dataclasses import dataclass
from pathlib import Path

from kikimimi.cli.anomalies.choices import DetectorChoice
from kikimimi.cli.inputs import expand
from kikimimi.cli.output import json_path, print_json, print_message
from kikimimi.cli.progress import file_progress
from kikimimi.errors import QueryError
from kikimimi.paths import display_path
from kikimimi.tasks.anomaly.fitting import fit_model
from kikimimi.tasks.anomaly.model import FittedModel
from kikimimi.tasks.anomaly.storage import is_model, save_model

FEW_CLIPS = 30
"""Below it the share of false alarms scatters by 0.07 and more about what was asked for."""


@dataclass(frozen=True, slots=True)
class FitCall:
    """What was asked for; `target` are recordings of the target domain, `clip_s` None for whole
    files."""

    normal: tuple[Path, ...]
    target: tuple[Path, ...]
    output: Path
    choice: DetectorChoice
    clip_s: float | None
    as_json: bool


def run_fit(call: FitCall) -> None:
    """Fit and write the model.

    Raises:
        QueryError: there are no sound files, or the folder holds something else or cannot be
            written.
        AnomalyError, AudioError, ConfigError, EncoderError: as `fit_model`.
    """
    _check_output(call.output)
    source, target = _sounds(call.normal), _sounds(call.target)
    target = [path for path in target if path not in set(source)]
    if not source + target:
        raise QueryError("there are no sound files in what was given; give recordings of normal "
                         "sound, or folders of them")  # fmt: skip
    detector, features = call.choice.make_detector(), call.choice.make_features()
    with file_progress("Learning") as progress:
        model = fit_model(
            [*source, *target],
            features=features,
            detector=detector,
            domains=[0] * len(source) + [1] * len(target),
            clip_s=call.clip_s,
            progress=lambda done, total, path: progress(done, total, path, 0.0),
        )
    _save(model, call.output)
    _tell(model, call, files=len(source) + len(target))


def _sounds(places: tuple[Path, ...]) -> list[Path]:
    return list(dict.fromkeys(expand(places)))


def _check_output(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not is_model(folder):
        raise QueryError(
            f"{display_path(folder)}: holds other things than a model of what is normal; give a "
            "new folder"
        )
    if folder.exists() and not folder.is_dir():
        raise QueryError(f"{display_path(folder)}: is a file; a model is a folder, give a new one")


def _save(model: FittedModel, folder: Path) -> None:
    try:
        save_model(model, folder)
    except OSError as error:
        raise QueryError(
            f"{display_path(folder)}: cannot be written ({error.strerror}); give another folder"
        ) from None


def _tell(model: FittedModel, call: FitCall, *, files: int) -> None:
    clips = len(model.training_scores)
    if clips < FEW_CLIPS:
        print_message(
            f"warning: {clips} clips are few, so that false alarms will scatter widely about the "
            f"share of {model.false_alarm_rate:g} that was asked for; give {FEW_CLIPS} or more"
        )
    if call.as_json:
        print_json({
            "model": json_path(call.output),
            "identity": model.identity,
            "files": files,
            "clips": clips,
            "clip_s": model.clip_s,
            "threshold": model.threshold,
            "false_alarm_rate": model.false_alarm_rate,
        })  # fmt: skip
        return
    print_message(
        f"{display_path(call.output)}: {model.identity} from {clips} clips of {files} files; "
        f"threshold {model.threshold:.4g} for a share of false alarms of "
        f"{model.false_alarm_rate:g}"
    )
