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
