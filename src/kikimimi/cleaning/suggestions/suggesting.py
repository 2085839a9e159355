"""All suggestions for a sound, and the chain that follows from them."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from kikimimi.cleaning.analysis.values import SoundAnalysis
from kikimimi.cleaning.chain import Step
from kikimimi.cleaning.registry import create_stage
from kikimimi.cleaning.suggestions.contract import Suggester, Suggestion
from kikimimi.cleaning.suggestions.cutoffs import suggest_high_pass, suggest_low_pass
from kikimimi.cleaning.suggestions.levels import (
    suggest_dc_removal,
    suggest_de_esser,
    suggest_fades,
    suggest_limiter,
    suggest_silence_trim,
    tell_of_clipping,
)
from kikimimi.cleaning.suggestions.noise import suggest_hum_removal, suggest_noise_reduction

SUGGESTERS: tuple[Suggester, ...] = (
    tell_of_clipping,
    suggest_dc_removal,
    suggest_high_pass,
    suggest_hum_removal,
    suggest_noise_reduction,
    suggest_low_pass,
    suggest_de_esser,
    suggest_limiter,
    suggest_silence_trim,
    suggest_fades,
)
"""In the order in which the stages stand in a chain."""

_WHERE = "what the analysis suggests"


def suggest(analysis: SoundAnalysis) -> list[Suggestion]:
    """What would make the sound better, in the order of a chain."""
    found = (suggester(analysis) for suggester in SUGGESTERS)
    return [suggestion for suggestion in found if suggestion is not None]


def suggested_steps(suggestions: Sequence[Suggestion]) -> list[Step]:
    """The chain of the suggestions that are certain; it may be empty.

    Raises:
        ConfigError: a suggestion names no stage, or settings that it does not have.
    """
    return [
        Step(create_stage(each.stage, each.settings, where=_WHERE))
        for each in suggestions
        if each.is_certain and each.stage
    ]


def adapted_steps(steps: Sequence[Step], suggestions: Sequence[Suggestion]) -> list[Step]:
    """A preset's chain with the settings that were suggested for its own stages.

    Nothing is added to the chain. A stage that a suggestion warns of is bypassed, unless the preset
    tells it which part is noise.
    """
    settings = {each.stage: dict(each.settings) for each in suggestions if each.is_certain}
    harmful = {each.warns_of for each in suggestions} - {""}
    adapted = [_adapted(step, settings.get(step.stage.name, {})) for step in steps]
    return [
        replace(step, bypass=True)
        if step.stage.name in harmful and not getattr(step.stage, "profile_s", ())
        else step
        for step in adapted
    ]


def _adapted(step: Step, settings: dict[str, Any]) -> Step:
    stage: Any = step.stage
    known = {field.name for field in fields(stage)}
    chosen = {key: value for key, value in settings.items() if key in known}
    return replace(step, stage=replace(stage, **chosen)) if chosen else step
