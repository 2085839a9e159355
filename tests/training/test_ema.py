import torch
from torch import nn

from kikimimi.training.ema import EmaWeights


def test_the_shadow_trails_the_weights() -> None:
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 0.0)
    ema = EmaWeights(network, decay=0.5)
    expected = 0.0
    for step in range(1, 6):
        nn.init.constant_(network.weight, float(step))
        ema.update(network)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
        assert torch.isclose(ema.network.weight.squeeze(), torch.tensor(expected))


def test_the_shadow_is_apart_from_the_network() -> None:
    network = nn.Linear(2, 2)
    ema = EmaWeights(network, decay=0.9)
    before = ema.network.weight.clone()
    with torch.no_grad():
        network.weight.add_(1)
    assert torch.equal(ema.network.weight, before)
    assert not any(parameter.requires_grad for parameter in ema.network.parameters())


def test_buffers_are_copied() -> None:
    network = nn.BatchNorm1d(3)
    ema = EmaWeights(network, decay=0.9)
    network(torch.randn(8, 3))
    ema.update(network)
    assert torch.equal(ema.network.running_mean, network.running_mean)
    assert int(ema.network.num_batches_tracked) == 1


def test_a_restored_average_goes_on_alike() -> None:
    network = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    first = EmaWeights(network, decay=0.99)
    for _ in range(3):
        first.update(network)
    second = EmaWeights(network, decay=0.99)
    second.load_state_dict(first.state_dict())
    nn.init.constant_(network[0].weight, 7.0)
    first.update(network)
    second.update(network)
    assert first.steps == second.steps == 4
    expected = first.network.state_dict()
    assert all(torch.equal(v, expected[k]) for k, v in second.network.state_dict().items())
