"""Schedules against torch's own schedulers and closed formulas."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from kikimimi.errors import ConfigError
from kikimimi.training.schedules import ScheduleSettings, create_schedule, schedule_names

_EPOCHS, _STEPS = 10, 7
_TOTAL = _EPOCHS * _STEPS


def _rates(settings: ScheduleSettings) -> list[float]:
    schedule = create_schedule(settings, epochs=_EPOCHS, steps_per_epoch=_STEPS)
    return [schedule(step) for step in range(_TOTAL)]


def _torch_rates(make: Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]) -> list[float]:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimiser)
    rates = []
    for _ in range(_TOTAL):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return rates


def test_cosine_agrees_with_torch() -> None:
    expected = _torch_rates(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=_TOTAL, eta_min=0.02))
    assert _rates(ScheduleSettings("cosine", final_share=0.02)) == pytest.approx(expected)


def test_one_cycle_agrees_with_torch() -> None:
    expected = _torch_rates(
        lambda o: lr_scheduler.OneCycleLR(
            o, 1.0, _TOTAL, pct_start=0.4, div_factor=20, final_div_factor=50, cycle_momentum=False
        )
    )
    settings = ScheduleSettings("one_cycle", peak_at=0.4, start_share=0.05, final_share=0.001)
    assert _rates(settings) == pytest.approx(expected)


def test_multi_step_agrees_with_torch() -> None:
    drops = [3 * _STEPS, 6 * _STEPS, 9 * _STEPS]
    expected = _torch_rates(lambda o: lr_scheduler.MultiStepLR(o, drops, gamma=0.1))
    assert _rates(ScheduleSettings("multi_step")) == pytest.approx(expected)


def test_between_class_learning_starts_at_a_tenth() -> None:
    settings = ScheduleSettings(
        "multi_step", warmup_epochs=2, warmup_shape="flat", warmup_share=0.1
    )
    by_epoch = _rates(settings)[::_STEPS]
    expected = [0.1, 0.1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001]
    assert by_epoch == pytest.approx(expected)


def test_inverse_time_is_that_of_keras() -> None:
    expected = [1 / (1 + 1e-2 * step) for step in range(_TOTAL)]
    assert _rates(ScheduleSettings("inverse_time", decay=1e-2)) == pytest.approx(expected)


def test_warm_up_rises_to_the_start_of_the_schedule() -> None:
    rates = _rates(ScheduleSettings("cosine", warmup_epochs=2))
    assert rates[: 2 * _STEPS] == pytest.approx([(s + 1) / 14 for s in range(14)])
    assert rates[2 * _STEPS] == 1.0
    assert rates[8 * 7 - 1 + 7] == pytest.approx(0.5 * (1 + math.cos(math.pi * 48 / 56)))


@given(
    name=st.sampled_from(schedule_names()),
    epochs=st.integers(1, 30),
    steps=st.integers(1, 9),
    warmup=st.floats(0, 40),
    peak=st.floats(0, 1),
)
def test_factors_lie_between_0_and_1(
    name: str, epochs: int, steps: int, warmup: float, peak: float
) -> None:
    settings = ScheduleSettings(name, warmup_epochs=warmup, decay=0.5, peak_at=peak)
    schedule = create_schedule(settings, epochs=epochs, steps_per_epoch=steps)
    assert all(0 <= schedule(step) <= 1 for step in range(epochs * steps))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (ScheduleSettings("cosin"), "did you mean 'cosine'"),
        (ScheduleSettings(milestones=(0.5, 30.0)), r"milestones\[1\] must lie between 0 and 1"),
        (ScheduleSettings(warmup_epochs=-1.0), "warmup_epochs must be 0 or more"),
        (ScheduleSettings(decay=math.inf), "decay"),
    ],
)
def test_wrong_settings_are_refused(settings: ScheduleSettings, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        create_schedule(settings, epochs=1, steps_per_epoch=1)
