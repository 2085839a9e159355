"""What became of recordings, for people."""

from collections.abc import Iterator

from kikimimi.cleaning.analysis.values import FIGURES, FigureInfo, SoundAnalysis, figure_text
from kikimimi.cleaning.levels import StageReport
from kikimimi.cleaning.recordings import Cleaned
from kikimimi.cleaning.suggestions.contract import Suggestion
from kikimimi.cli.output import print_message, print_table, short_path

_MAIN = ("loudness_lufs", "true_peak_db", "noise_floor_db", "snr_db", "bandwidth_hz")
_ARROW = " → "


def print_one(cleaned: Cleaned) -> None:
    """A row for each figure, then what was suggested and what the stages did."""
    columns = ["figure", "before", "after", "unit"]
    rows = [list(row) for row in figure_rows(cleaned.before, cleaned.after)]
    if cleaned.after is None:
        columns.remove("after")
        rows = [[label, before, unit] for label, before, _, unit in rows]
    print_table(columns, rows, right=("before", "after"))
    print_notes(cleaned)


def print_many(all_cleaned: list[Cleaned]) -> None:
    """A row for each recording, with the main figures before and after."""
    infos = [info for info in FIGURES if info.key in _MAIN]
    headings = [f"{info.english} ({info.unit})" for info in infos]
    rows = [
        [short_path(cleaned.job.source), *(_both(info, cleaned) for info in infos)]
        for cleaned in all_cleaned
    ]
    print_table(["file", *headings], rows, right=headings)


def print_notes(cleaned: Cleaned) -> None:
    """Suggestions and stages, a line each on standard error."""
    for suggestion in cleaned.suggestions:
        print_message(suggestion_text(suggestion))
    for stage in cleaned.stages:
        print_message(f"{stage.name}: {stage_text(stage)}")


def figure_rows(
    before: SoundAnalysis, after: SoundAnalysis | None
) -> Iterator[tuple[str, str, str, str]]:
    """Name, value before, value after and unit of each figure."""
    for info in FIGURES:
        first = figure_text(info, getattr(before.figures, info.key))
        second = "" if after is None else figure_text(info, getattr(after.figures, info.key))
        yield info.english, first, second, info.unit


def suggestion_text(suggestion: Suggestion) -> str:
    """A suggestion in one line."""
    if not suggestion.stage:
        return f"note: {suggestion.reason}"
    settings = ", ".join(f"{key} {_value_text(v)}" for key, v in suggestion.settings.items())
    name = f"{suggestion.stage} ({settings})" if settings else suggestion.stage
    return f"{'suggested' if suggestion.is_certain else 'perhaps'} {name}: {suggestion.reason}"


def stage_text(stage: StageReport) -> str:
    """What a stage did, in one line."""
    if stage.bypassed:
        return "bypassed"
    if not stage.changed:
        return "changed nothing"
    told = [f"{key} {_value_text(value)}" for key, value in (stage.figures or {}).items()]
    if stage.difference_db is not None:
        told.append(f"changed by {stage.difference_db:.1f} dBFS")
    if stage.frames_out != stage.frames_in:
        told.append(f"{stage.frames_in - stage.frames_out} frames taken away")
    return ", ".join(told)


def _both(info: FigureInfo, cleaned: Cleaned) -> str:
    first = figure_text(info, getattr(cleaned.before.figures, info.key))
    if cleaned.after is None:
        return first
    return first + _ARROW + figure_text(info, getattr(cleaned.after.figures, info.key))


def _value_text(value: float | str | bool) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
