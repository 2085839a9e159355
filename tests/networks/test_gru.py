"""The fast GRU is torch's, in values and in gradients."""

import pytest
import torch
from torch import nn

from kikimimi.networks.gru import Gru


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("frames", [1, 17])
def test_values_and_gradients_are_those_of_torch(bidirectional, frames) -> None:
    torch.manual_seed(0)
    fast = Gru(5, 4, bidirectional=bidirectional).double()
    plain = nn.GRU(5, 4, batch_first=True, bidirectional=bidirectional).double()
    plain.load_state_dict(fast.state_dict())
    x = torch.randn(3, frames, 5, dtype=torch.float64)
    first, second = x.clone().requires_grad_(), x.clone().requires_grad_()
    got, wanted = fast.sequence(first), plain(second)[0]
    torch.testing.assert_close(got, wanted)
    weights = torch.randn_like(wanted)
    (got * weights).sum().backward()
    (wanted * weights).sum().backward()
    torch.testing.assert_close(first.grad, second.grad)
    for name, parameter in plain.named_parameters():
        torch.testing.assert_close(fast.get_parameter(name).grad, parameter.grad)


def test_it_gives_the_same_with_and_without_gradients() -> None:
    fast, x = Gru(6, 4), torch.randn(2, 30, 6)
    with torch.no_grad():
        wanted = fast.sequence(x)
    torch.testing.assert_close(fast.sequence(x), wanted)


def test_several_layers_are_torchs_own() -> None:
    assert Gru(6, 4, 2).sequence(torch.randn(2, 9, 6)).shape == (2, 9, 8)
