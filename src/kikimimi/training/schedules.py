"""Learning rate over time, as a factor on the optimiser's own, by name.

A schedule has no state: the factor is a function of the number of steps made, so that a resumed
training needs nothing but that number.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

Schedule = Callable[[int], float]
"""Steps made so far -> factor on the learning rate of the next step."""


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """Which schedule, and its numbers; what the chosen one does not use is ignored."""

    name: str = "cosine"
    """constant, cosine, one_cycle, multi_step or inverse_time."""
    warmup_epochs: float = 0.0
    """Length of the start with a lower rate; not for one_cycle, which has its own."""
    warmup_shape: Literal["linear", "flat"] = "linear"
    """Whether the factor rises from `warmup_share` to 1 or stays at it until the end."""
    warmup_share: float = 0.0
    final_share: float = 0.0
    """cosine and one_cycle: the factor at the end."""
    milestones: tuple[float, ...] = (0.3, 0.6, 0.9)
    """multi_step: where the factor is multiplied by `gamma`, as shares of the training."""
    gamma: float = 0.1
    decay: float = 0.0
    """inverse_time: decay per step."""
    peak_at: float = 0.3
    """one_cycle: where the rate is highest, as a share of the training."""
    start_share: float = 0.04
    """one_cycle: the factor at the start."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Steps of the training and of its warm-up."""

    total: int
    warmup: int


_Factor = Callable[[int, ScheduleSettings, _Span], float]
_FACTORS: dict[str, _Factor] = {}


def _register(name: str) -> Callable[[_Factor], _Factor]:
    def add(factor: _Factor) -> _Factor:
        _FACTORS[name] = factor
        return factor

    return add


def schedule_names() -> tuple[str, ...]:
    """Names that `ScheduleSettings.name` may have."""
    return tuple(_FACTORS)


def create_schedule(settings: ScheduleSettings, *, epochs: int, steps_per_epoch: int) -> Schedule:
    """The schedule of a training of that length.

    Raises:
        ConfigError: the name is unknown, or a number is impossible.
    """
    factor = _FACTORS.get(settings.name)
    if factor is None:
        hint = suggestion(settings.name, _FACTORS)
        raise ConfigError(f"unknown schedule '{settings.name}'; {hint}")
    _check(settings)
    span = _Span(epochs * steps_per_epoch, round(settings.warmup_epochs * steps_per_epoch))
    warmed = settings.name == "one_cycle"

    def at(step: int) -> float:
        if step < span.warmup and not warmed:
            return _warmup(step, settings, span)
        return factor(step, settings, span)

    return at


def _check(settings: ScheduleSettings) -> None:
    shares = {
        "warmup_share": settings.warmup_share,
        "final_share": settings.final_share,
        "peak_at": settings.peak_at,
        "start_share": settings.start_share,
        **{f"milestones[{i}]": value for i, value in enumerate(settings.milestones)},
    }
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise ConfigError(f"schedule: {name} must lie between 0 and 1, but is {value}")
    for name in ("warmup_epochs", "gamma", "decay"):
        value = getattr(settings, name)
        if not 0 <= value < math.inf:
            raise ConfigError(f"schedule: {name} must be 0 or more, but is {value}")


def _warmup(step: int, settings: ScheduleSettings, span: _Span) -> float:
    if settings.warmup_shape == "flat":
        return settings.warmup_share
    return settings.warmup_share + (1 - settings.warmup_share) * (step + 1) / span.warmup


def _cosine_between(start: float, end: float, progress: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


@_register("constant")
def _constant(step: int, settings: ScheduleSettings, span: _Span) -> float:
    return 1.0


@_register("cosine")
def _cosine(step: int, settings: ScheduleSettings, span: _Span) -> float:
    """Loshchilov and Hutter, "SGDR", ICLR 2017, eq. 5, without restarts."""
    progress = (step - span.warmup) / max(1, span.total - span.warmup)
    return _cosine_between(1.0, settings.final_share, progress)


@_register("one_cycle")
def _one_cycle(step: int, settings: ScheduleSettings, span: _Span) -> float:
    """Smith and Topin, "Super-convergence", 2017, with cosine flanks; momentum is left alone."""
    peak = settings.peak_at * span.total - 1
    if step < peak:
        return _cosine_between(settings.start_share, 1.0, step / peak)
    last = span.total - 1
    return _cosine_between(1.0, settings.final_share, (step - peak) / max(1.0, last - peak))


@_register("multi_step")
def _multi_step(step: int, settings: ScheduleSettings, span: _Span) -> float:
    """A drop at each milestone; with a flat warm-up the recipe of between-class learning.

    Tokozume, Ushiku and Harada, ICLR 2018: 10 epochs at a tenth, then drops at 0.3, 0.6, 0.9.
    """
    # the small number keeps 0.07 * 100 = 7.000000000000001 from being one step late
    passed = sum(step >= share * span.total - 1e-6 for share in settings.milestones)
    return settings.gamma**passed


@_register("inverse_time")
def _inverse_time(step: int, settings: ScheduleSettings, span: _Span) -> float:
    """The `decay` of Keras: 1 / (1 + decay * step)."""
    return 1 / (1 + settings.decay * step)
