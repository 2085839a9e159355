"""The losses say what the papers write, with sound gradients, in any precision."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from kikimimi.errors import ConfigError
from kikimimi.tasks.detection.losses.contract import TrainingCounts
from kikimimi.tasks.detection.losses.graph_laplacian import graph_laplacian, graph_penalty
from kikimimi.tasks.detection.losses.registry import create_loss, loss_names
from kikimimi.tasks.detection.losses.sub_sampling import kept_frames

COUNTS = TrainingCounts(torch.tensor([10.0, 1000.0, 50000.0]), torch.zeros(3, 3))


def batch(*, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    targets = (torch.rand(2, 5, 3, generator=generator) < 0.4).to(dtype)
    return logits.to(dtype), targets


def by_hand(name: str, y: np.ndarray, z: np.ndarray) -> float:
    """The formulas as the specification has them, term by term, in NumPy."""
    on, off = z * np.log(y), (1 - z) * np.log(1 - y)
    frames = COUNTS.active_frames.numpy()
    focused = (1 - y) ** 0.001 * y
    formulas = {
        "bce": lambda: -(on + off).mean(),
        "srl": lambda: -(on + 0.3535 * off).mean(),
        "ifl": lambda: -((500 / (frames + 500)) ** 0.1 * on + off).mean(),
        "afl": lambda: -((1 - y) ** 0.0625 * on + y * off).mean(),
        "dice": lambda: 1 - 2 * (y * z).sum() / (y.sum() + z.sum()),
        "fbtl": lambda: 1 - ((focused * z).sum() + 1) / (0.6 * focused.sum() + 0.4 * z.sum() + 1),
    }
    return float(formulas[name]())


@pytest.mark.parametrize("name", loss_names())
def test_loss_is_its_published_formula(name) -> None:
    logits, targets = batch()
    got = create_loss(name)(logits, targets, COUNTS)
    y = 1 / (1 + np.exp(-logits.numpy()))
    assert got.item() == pytest.approx(by_hand(name, y, targets.numpy()), rel=1e-6)


@pytest.mark.parametrize("name", loss_names())
@pytest.mark.parametrize("share", [None, 0.5])
def test_gradient_is_that_of_finite_differences(name, share) -> None:
    logits, targets = batch()
    kept = None if share is None else (torch.rand_like(targets) < share).to(targets)
    loss = create_loss(name)
    assert torch.autograd.gradcheck(
        lambda values: loss(values, targets, COUNTS, kept), logits.requires_grad_()
    )


@pytest.mark.parametrize("name", loss_names())
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [60.0, 1e4])
def test_extreme_logits_give_finite_losses_and_gradients(name, dtype, size) -> None:
    logits = torch.tensor([[[size, -size, size], [-size, size, 0.0]]], dtype=dtype)
    targets = torch.tensor([[[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]], dtype=dtype)
    logits.requires_grad_()
    loss = create_loss(name)(logits, targets, COUNTS)
    loss.backward()
    assert loss.dtype == torch.float32
    assert math.isfinite(loss.item())
    assert bool(logits.grad.isfinite().all())


@pytest.mark.parametrize("name", loss_names())
def test_half_precision_of_the_network_is_no_half_precision_of_the_loss(name) -> None:
    logits, targets = batch(dtype=torch.bfloat16)
    exact = create_loss(name)(logits.double(), targets.double(), COUNTS)
    assert create_loss(name)(logits, targets, COUNTS).item() == pytest.approx(
        exact.item(), rel=1e-5
    )


@pytest.mark.parametrize("name", loss_names())
@pytest.mark.parametrize("sound", [0.0, 1.0])
def test_batches_of_silence_or_of_nothing_but_events_are_defined(name, sound) -> None:
    logits = torch.zeros(1, 4, 3, requires_grad=True)
    loss = create_loss(name)(logits, torch.full((1, 4, 3), sound), COUNTS)
    loss.backward()
    assert math.isfinite(loss.item()) and bool(logits.grad.isfinite().all())
    assert not (logits.grad * (1 - 2 * sound) < 0).any()


@pytest.mark.parametrize("name", loss_names())
def test_terms_left_out_have_no_gradient(name) -> None:
    logits, targets = batch()
    kept = torch.ones_like(targets)
    kept[:, 2:] = 0
    create_loss(name)(logits.requires_grad_(), targets, COUNTS, kept).backward()
    assert logits.grad[:, :2].any()
    assert not logits.grad[:, 2:].any()


@given(
    st.lists(st.floats(-30, 30), min_size=6, max_size=6),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_asymmetric_focal_loss_without_focus_is_the_cross_entropy(logits, sounds) -> None:
    y = torch.tensor(logits, dtype=torch.float64).reshape(1, 2, 3)
    z = torch.tensor(sounds, dtype=torch.float64).reshape(1, 2, 3)
    got = create_loss("afl", {"gamma": 0.0, "zeta": 0.0})(y, z, COUNTS)
    torch.testing.assert_close(got, functional.binary_cross_entropy_with_logits(y, z))
    torch.testing.assert_close(got, create_loss("bce")(y, z, COUNTS))


def test_tversky_loss_with_equal_weights_is_the_dice_loss() -> None:
    logits, targets = batch()
    options = {"alpha": 0.5, "beta": 0.5, "gamma": 0.0, "eta": 0.0}
    tversky = create_loss("fbtl", options)(logits, targets, COUNTS)
    torch.testing.assert_close(tversky, create_loss("dice")(logits, targets, COUNTS))


def test_laplacian_of_pairs_that_occur_together() -> None:
    counts = torch.tensor([[9.0, 4.0, 0.0], [4.0, 5.0, 2.0], [0.0, 2.0, 3.0]])
    wanted = [[1.0, -1.0, 0.0], [-1.0, 1.5, -0.5], [0.0, -0.5, 0.5]]
    torch.testing.assert_close(graph_laplacian(counts), torch.tensor(wanted, dtype=torch.float64))
    assert counts[0, 0] == 9.0
    assert not graph_laplacian(torch.zeros(3, 3)).any()


def test_graph_penalty_is_half_the_weighted_sum_over_pairs() -> None:
    logits, _ = batch()
    counts = torch.tensor([[0.0, 4.0, 1.0], [4.0, 0.0, 2.0], [1.0, 2.0, 0.0]], dtype=torch.float64)
    v = logits.sigmoid().sum(dim=1)  # (B, K)
    pairs = (v[:, :, None] - v[:, None, :]).square() * (counts / 4)
    got = graph_penalty(logits, graph_laplacian(counts))
    torch.testing.assert_close(got, 0.5 * pairs.sum(dim=(1, 2)).mean())
    assert torch.autograd.gradcheck(
        lambda values: graph_penalty(values, graph_laplacian(counts)), logits.requires_grad_()
    )


def test_sub_sampling_keeps_all_events_and_a_share_of_the_rest() -> None:
    torch.manual_seed(0)
    targets = torch.zeros(4, 500, 2)
    targets[:, :100, 0] = 1
    for alpha, expected in ((0.0, 400), (0.5, 1000), (1.0, 1600)):
        kept = kept_frames(targets, alpha)
        assert kept[:, :100, 0].all()
        inactive = kept[:, 100:, 0].sum().item()
        assert inactive == pytest.approx(expected, rel=0.1)
    assert not kept_frames(targets, 0.0)[..., 1].any()


def test_unknown_losses_and_options_name_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'fbtl'"):
        create_loss("ftbl")
    with pytest.raises(ConfigError, match="unknown key 'gama'; did you mean 'gamma'"):
        create_loss("afl", {"gama": 1.0})
