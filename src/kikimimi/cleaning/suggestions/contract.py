"""What a suggestion is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kikimimi.cleaning.analysis.values import SoundAnalysis

Setting = float | str | bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A stage that a sound would be better for, and why.

    Attributes:
        stage: its name; empty where no stage helps.
        reason: one sentence with the figures that it follows from.
        settings: values by key; the others keep their defaults.
        is_certain: whether it may be done without asking. What may be the sound itself, and what
            changes its length, is not.
        warns_of: a stage that would do harm as this sound is, unless somebody set it up for it.
    """

    stage: str
    reason: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    is_certain: bool = True
    warns_of: str = ""


Suggester = Callable[[SoundAnalysis], Suggestion | None]
"""Looks for one thing in a sound."""
