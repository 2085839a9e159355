"""The multi-scale CNN against the arithmetic of its description."""

import pytest
import torch
from torch.nn import functional

from kikimimi.networks.multiscale_cnn import CrossedConv, MultiscaleCnn, MultiscaleCnnConfig


def test_sizes_of_the_paper() -> None:
    network = MultiscaleCnn(MultiscaleCnnConfig())
    assert network.embedding_size == 128
    kernels = [tuple(branch.vertical.kernel_size) for branch in network.branches]
    assert kernels == [(8, 1), (16, 1), (32, 1), (64, 1)]
    assert network.last.horizontal.weight.shape == (128, 128, 1, 16)


@pytest.mark.parametrize("kernel", [1, 4, 5, 16])
def test_crossed_convolution_is_the_sum_over_a_cross(kernel: int) -> None:
    torch.manual_seed(kernel)
    layer = CrossedConv(1, 1, kernel=kernel).double()
    x = torch.randn(1, 1, 9, 11, dtype=torch.float64)
    found = layer(x)
    assert found.shape == x.shape
    before = (kernel - 1) // 2
    expected = layer.vertical.bias.detach().expand(9, 11).clone()
    for f in range(9):
        for n in range(11):
            for k in range(kernel):
                if 0 <= f + k - before < 9:
                    expected[f, n] += layer.vertical.weight[0, 0, k, 0] * x[0, 0, f + k - before, n]
                if 0 <= n + k - before < 11:
                    expected[f, n] += (
                        layer.horizontal.weight[0, 0, 0, k] * x[0, 0, f, n + k - before]
                    )
    torch.testing.assert_close(found[0, 0], expected)


@pytest.mark.parametrize(("kernel", "pool"), [(8, (4, 4)), (7, (2, 3)), (16, (1, 5))])
def test_pooled_convolution_is_the_mean_of_the_convolution(kernel, pool) -> None:
    torch.manual_seed(1)
    pooled = CrossedConv(2, 3, kernel=kernel, pool=pool).double()
    plain = CrossedConv(2, 3, kernel=kernel).double()
    plain.load_state_dict(pooled.state_dict())
    x = torch.randn(2, 2, 8, 60, dtype=torch.float64)
    torch.testing.assert_close(pooled(x), functional.avg_pool2d(plain(x), pool))


def test_pooled_convolution_keeps_the_last_part_of_a_window() -> None:
    layer = CrossedConv(1, 1, kernel=8, pool=(4, 4))
    assert layer(torch.zeros(1, 1, 9, 13)).shape == (1, 1, 3, 4)


def test_embedding_is_the_mean_of_the_frames() -> None:
    network = MultiscaleCnn(MultiscaleCnnConfig(branch_channels=2)).eval()
    x = torch.randn(2, 32, 40)
    assert network.frames(x).shape == (2, 40, 8)
    torch.testing.assert_close(network(x), network.frames(x).mean(dim=1))
