"""The views that BYOL-A makes of a spectrogram."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from kikimimi.pretraining.spectrogram_views import (
    BackgroundMixup,
    RandomLinearFader,
    RandomResizeCrop,
    post_normalised,
)

SHAPE = (8, 12)


def draw(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, *SHAPE, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("scale", [1.0, 4.3])
def test_mixtures_are_logarithms_of_mixed_powers(scale: float) -> None:
    mixup = BackgroundMixup(0.4, memory=1, shape=SHAPE, scale=scale)
    first, behind = draw(5, 1).double(), draw(1, 2).half().double()
    mixup.remember(behind)
    mixed = mixup(first)
    power = np.exp(scale * first.numpy())
    background = np.exp(scale * behind.numpy())
    share = (np.exp(scale * mixed.numpy()) - power) / (background - power)
    # one share of the background for each clip, between 0 and 0.4
    np.testing.assert_allclose(share, share[:, :1, :1].repeat(8, 1).repeat(12, 2), atol=1e-6)
    assert ((share >= -1e-6) & (share <= 0.4)).all()
    assert np.ptp(share[:, 0, 0]) > 0


def test_nothing_is_mixed_while_the_memory_is_empty() -> None:
    mixup = BackgroundMixup(0.4, memory=4, shape=SHAPE, scale=1.0)
    clips = draw(3)
    assert torch.equal(mixup(clips), clips)


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_the_memory_holds_the_last_inputs(sizes: list[int]) -> None:
    mixup = BackgroundMixup(0.4, memory=5, shape=SHAPE, scale=1.0)
    seen: list[float] = []
    for size in sizes:
        values = torch.arange(len(seen), len(seen) + size).float()
        mixup.remember(values[:, None, None].expand(-1, *SHAPE))
        seen += values.tolist()
    held = mixup.bank[: len(seen), 0, 0].tolist()
    assert sorted(held) == seen[-5:]


def test_the_memory_goes_on_in_a_resumed_training() -> None:
    mixup, other = (BackgroundMixup(0.4, memory=3, shape=SHAPE, scale=1.0) for _ in range(2))
    mixup.remember(draw(4))
    other.load_state_dict(mixup.state_dict())
    results = []
    for each in (mixup, other):
        torch.manual_seed(1)
        results.append(each(draw(2)))
    assert torch.equal(*results)


def test_a_crop_of_the_whole_changes_nothing() -> None:
    clips = draw(3)
    whole = RandomResizeCrop(plane=(1.0, 1.0), scale=(1.0, 1.0))
    torch.testing.assert_close(whole(clips), clips)


def test_a_crop_is_resized_as_torch_resizes_it() -> None:
    torch.manual_seed(3)
    clips = torch.randn(1, 1, 40, 60)
    crop = RandomResizeCrop(plane=(1.0, 1.0), scale=(0.5, 0.5))
    found = crop(clips[0])
    fits = []
    for row in range(21):
        for column in range(31):
            part = clips[:, :, row : row + 20, column : column + 30]
            resized = functional.interpolate(part, (40, 60), mode="bicubic", align_corners=False)
            # at its edge one repeats the last place, the other sees what lies beyond
            fits.append(float((found - resized[0])[:, 4:-4, 4:-4].abs().max()))
    assert min(fits) < 1e-4


def test_a_crop_beyond_the_input_holds_zeros_there() -> None:
    torch.manual_seed(0)
    ones = torch.ones(300, *SHAPE)
    crop = RandomResizeCrop(plane=(1.0, 1.5), scale=(1.5, 1.5))
    found = crop(ones)
    # the crop is the whole plane, 8 x 18: its middle two thirds are the input
    torch.testing.assert_close(found[:, 1:-1, 4:8], torch.ones(300, 6, 4))
    torch.testing.assert_close(found[:, :, [0, -1]], torch.zeros(300, 8, 2))


def test_crops_differ_between_clips() -> None:
    torch.manual_seed(0)
    found = RandomResizeCrop()(draw(1).expand(4, -1, -1))
    assert not torch.allclose(found[0], found[1])
    assert found.shape == (4, *SHAPE)


def test_a_fade_is_a_line_over_time_alike_in_all_bands() -> None:
    torch.manual_seed(0)
    clips = draw(50)
    line = RandomLinearFader(gain=1.0)(clips) - clips
    torch.testing.assert_close(line, line[:, :1].expand_as(line), atol=1e-5, rtol=0)
    steps = line.diff(dim=2)
    torch.testing.assert_close(steps, steps[..., :1].expand_as(steps), atol=1e-5, rtol=0)
    ends = line[:, 0, [0, -1]]
    assert ((ends >= -1) & (ends <= 1)).all()
    assert ends.min() < -0.8
    assert ends.max() > 0.8
    assert torch.equal(RandomLinearFader(gain=0.0)(clips), clips)


def test_post_normalisation() -> None:
    views = post_normalised(5 + 3 * draw(7))
    assert float(views.mean()) == pytest.approx(0, abs=1e-5)
    assert float(views.std()) == pytest.approx(1, abs=1e-5)
    assert torch.isfinite(post_normalised(torch.ones(2, *SHAPE))).all()
