"""What became of a recording, as JSON."""

from dataclasses import asdict
from typing import Any

from kikimimi.cleaning.analysis.values import FIGURES, SoundAnalysis
from kikimimi.cleaning.levels import StageReport
from kikimimi.cleaning.recordings import Cleaned
from kikimimi.cleaning.suggestions.contract import Suggestion
from kikimimi.cli.output import json_path

_DIGITS = 6


def cleaned_record(cleaned: Cleaned) -> dict[str, Any]:
    """Figures before and after, stages and suggestions; null where a sound has no such figure."""
    record: dict[str, Any] = {"path": json_path(cleaned.job.source)}
    if cleaned.after is not None and cleaned.job.target is not None:
        record["output"] = json_path(cleaned.job.target)
    record["before"] = _figures(cleaned.before)
    if cleaned.after is not None:
        record["after"] = _figures(cleaned.after)
        record["stages"] = [_stage(stage) for stage in cleaned.stages]
    record["suggestions"] = [_suggestion(each) for each in cleaned.suggestions]
    return record


def _figures(analysis: SoundAnalysis) -> dict[str, Any]:
    return {info.key: _rounded(getattr(analysis.figures, info.key)) for info in FIGURES}


def _stage(stage: StageReport) -> dict[str, Any]:
    values = asdict(stage)
    own = values.pop("figures") or {}
    return {
        **{key: _rounded(value) for key, value in values.items()},
        "figures": {key: _rounded(value) for key, value in own.items()},
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "stage": suggestion.stage or None,
        "settings": dict(suggestion.settings),
        "certain": suggestion.is_certain,
        "reason": suggestion.reason,
    }


def _rounded(value: Any) -> Any:
    # adding 0 makes -0.0 a plain zero
    return round(value, _DIGITS) + 0.0 if isinstance(value, float) else value
