"""Flow matching on cases with known answers, windows, and the Transformer's promises."""

import pytest
import torch
from torch import Tensor

from kikimimi.errors import ConfigError
from kikimimi.generation.flow.matching import (
    guided,
    integrate,
    logit_normal_times,
    matching_loss,
)
from kikimimi.generation.flow.transformer import (
    FlowCondition,
    FlowConfig,
    FlowTransformer,
    Given,
    rotary_turns,
    rotated,
)
from kikimimi.generation.flow.windows import window_places, windowed

SMALL = FlowConfig(width=24, heads=2, layers=2, context=12)


def gaussian_field(mean: float, deviation: float):
    """The marginal velocity from N(0, 1) to N(mean, deviation^2), in closed form.

    x_t is Gaussian; E[data - noise | x_t] follows from the conditional mean of joint Gaussians.
    """

    def velocity(point: Tensor, times: Tensor) -> Tensor:
        t = times[:, None, None]
        variance = (1 - t) ** 2 + t**2 * deviation**2
        gain = (t * deviation**2 - (1 - t)) / variance
        return mean + gain * (point - t * mean)

    return velocity


def test_a_gaussian_flows_into_another() -> None:
    noise = torch.randn(1, 1, 20000, generator=torch.Generator().manual_seed(0)).double()
    made = integrate(gaussian_field(3.0, 0.5), noise, steps=50)
    # between Gaussians the flow is the straight map of quantiles
    torch.testing.assert_close(made, 3.0 + 0.5 * noise, atol=2e-3, rtol=0)


def test_twice_the_steps_have_a_quarter_of_the_error() -> None:
    noise = torch.randn(1, 1, 500, generator=torch.Generator().manual_seed(0)).double()
    field = gaussian_field(3.0, 0.5)
    errors = [
        (integrate(field, noise, steps=steps) - (3.0 + 0.5 * noise)).abs().mean().item()
        for steps in (8, 16, 32)
    ]
    assert errors[0] / errors[1] > 3.5
    assert errors[1] / errors[2] > 3.5


def test_integration_may_begin_on_the_way_and_tells_its_steps() -> None:
    target = torch.full((1, 2, 3), 5.0)

    def to_target(point: Tensor, times: Tensor) -> Tensor:
        return (target - point) / (1 - times[:, None, None])

    told = []
    start = torch.zeros(1, 2, 3)
    made = integrate(to_target, start, steps=4, begin=0.6, progress=lambda *step: told.append(step))
    torch.testing.assert_close(made, target)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_true_velocity_has_the_least_loss() -> None:
    chance = torch.Generator().manual_seed(0)
    noise = torch.randn(4000, 1, 1, generator=chance)
    data = 3 + 0.5 * torch.randn(4000, 1, 1, generator=chance)
    times = logit_normal_times(4000, chance)
    losses = [
        matching_loss(gaussian_field(mean, deviation), data, noise, times).mean().item()
        for mean, deviation in ((3.0, 0.5), (2.5, 0.5), (3.0, 1.0))
    ]
    assert losses[0] == min(losses)
    perfect = matching_loss(lambda point, at: data - noise, data, noise, times)
    assert not perfect.any()


def test_guidance_goes_away_from_what_is_free() -> None:
    with_label = lambda point, times: torch.full_like(point, 2.0)  # noqa: E731
    free = lambda point, times: torch.full_like(point, 1.0)  # noqa: E731
    at, times = torch.zeros(1, 1, 2), torch.zeros(1)
    assert guided(with_label, free, 1.0)(at, times)[0, 0, 0] == 2.0
    assert guided(with_label, free, 3.0)(at, times)[0, 0, 0] == 4.0
    assert guided(with_label, free, 0.0)(at, times)[0, 0, 0] == 1.0


@pytest.mark.parametrize(("frames", "loop"), [(5, True), (12, True), (50, True), (50, False)])
def test_windows_cover_all_frames_and_average(frames: int, loop: bool) -> None:
    places = window_places(frames, 12, loop=loop)
    assert places.unique().numel() == frames
    assert places.shape[1] == min(12, frames)
    same = windowed(lambda point, times: 2 * point, length=12, loop=loop)
    point = torch.randn(1, 3, frames)
    torch.testing.assert_close(same(point, torch.zeros(1)), 2 * point)


def test_short_sounds_are_heard_at_once() -> None:
    heard = []

    def field(point: Tensor, times: Tensor) -> Tensor:
        heard.append(tuple(point.shape))
        return point

    windowed(field, length=12, loop=False)(torch.zeros(1, 3, 12), torch.zeros(1))
    windowed(field, length=12, loop=False)(torch.zeros(1, 3, 13), torch.zeros(1))
    assert heard == [(1, 3, 12), (2, 3, 12)]


def condition(given: Given, count: int = 2) -> FlowCondition:
    chance = torch.Generator().manual_seed(5)
    embeddings = torch.randn(count, 8, generator=chance)
    return FlowCondition(torch.full((count,), int(given)), torch.arange(count), embeddings)


@pytest.fixture
def network() -> FlowTransformer:
    torch.manual_seed(1)
    transformer = FlowTransformer(SMALL, channels=4, classes=3, embedding_size=8)
    with torch.no_grad():
        for parameter in transformer.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return transformer.eval()


def test_without_a_condition_labels_and_embeddings_are_not_heard(network) -> None:
    noisy, times = torch.randn(1, 4, 9).repeat(2, 1, 1), torch.full((2,), 0.3)
    found = {given: network(noisy, times, condition(given)) for given in Given}
    torch.testing.assert_close(found[Given.NOTHING][0], found[Given.NOTHING][1])
    for given in (Given.LABEL, Given.SOUND, Given.TEXT):
        assert (found[given][0] - found[given][1]).abs().max() > 1e-4
    assert (found[Given.SOUND] - found[Given.TEXT]).abs().max() > 1e-5
    dropped = network(noisy, times, condition(Given.LABEL).dropped())
    torch.testing.assert_close(dropped, found[Given.NOTHING])


def test_velocity_depends_on_time_and_order(network) -> None:
    noisy = torch.randn(2, 4, 9)
    told = condition(Given.NOTHING)
    early, late = (network(noisy, torch.full((2,), at), told) for at in (0.1, 0.9))
    assert (early - late).abs().max() > 1e-4
    mirrored = network(noisy.flip(2), torch.full((2,), 0.1), told).flip(2)
    assert (mirrored - early).abs().max() > 1e-4


def test_loop_has_no_place_where_it_begins(network) -> None:
    """Turned noise gives the turned sound, where windows fall on the same frames."""

    def field(point: Tensor, times: Tensor) -> Tensor:
        return network(point, times, condition(Given.NOTHING, 1).repeated(len(point)))

    round_field = windowed(field, length=12, loop=True)
    noise = torch.randn(1, 4, 30)
    with torch.no_grad():
        made = integrate(round_field, noise, steps=2)
        turned = integrate(round_field, noise.roll(6, dims=2), steps=2)
    torch.testing.assert_close(turned, made.roll(6, dims=2), atol=1e-4, rtol=1e-4)


def test_rotary_scores_depend_on_distance_alone() -> None:
    turns = rotary_turns(20, 8, torch.zeros(1, dtype=torch.float64))
    query, key = torch.randn(8).double(), torch.randn(8).double()
    scores = rotated(query.expand(20, 8), turns) @ rotated(key.expand(20, 8), turns).T
    for distance in (0, 3, 7):
        diagonal = scores.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), atol=1e-5, rtol=0)
    assert scores.diagonal(3)[0] != scores.diagonal(7)[0]


def test_network_begins_with_velocity_zero() -> None:
    fresh = FlowTransformer(SMALL, channels=4, classes=3, embedding_size=8)
    assert not fresh(torch.randn(2, 4, 9), torch.rand(2), condition(Given.LABEL)).any()


@pytest.mark.parametrize("wrong", [{"width": 25}, {"context": 4}, {"layers": 0}])
def test_impossible_sizes_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        FlowConfig(**wrong)
