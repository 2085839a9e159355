"""The encoders of BYOL-A against the tables of the papers, written once more with plain layers."""

import pytest
import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.networks.byol_a import ByolAV1, ByolAV1Config, ByolAV2, ByolAV2Config


def block(channels: int) -> nn.Sequential:
    layers = nn.Conv2d(channels, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)
    return nn.Sequential(*layers)


def reference(blocks: int, units: int) -> tuple[nn.Sequential, nn.Sequential]:
    """The two halves of the papers' tables for 64 bands."""
    conv = nn.Sequential(*(block(64 if number else 1) for number in range(blocks)))
    mlp = nn.Sequential(
        nn.Linear(64 * 64 // 2**blocks, units),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(units, units),
        nn.ReLU(),
    )
    return conv, mlp


def by_the_paper(conv: nn.Module, mlp: nn.Module, x: Tensor, *, concatenate: bool) -> Tensor:
    """One clip after the other, one frame after the other."""
    vectors = []
    for clip in x:
        maps = conv(clip[None, None])[0]
        frames = []
        for n in range(maps.shape[2]):
            stacked = torch.stack([maps[c, f, n] for f in range(maps.shape[1]) for c in range(64)])
            out = mlp(stacked)
            frames.append(torch.cat([stacked, out]) if concatenate else out)
        times = torch.stack(frames)
        vectors.append(times.max(dim=0).values + times.mean(dim=0))
    return torch.stack(vectors)


@pytest.mark.parametrize("version", [1, 2])
def test_embeds_as_the_table_of_the_paper(version: int) -> None:
    torch.manual_seed(version)
    conv, mlp = reference(4 - version, 24)
    if version == 1:
        ours: ByolAV1 | ByolAV2 = ByolAV1(ByolAV1Config(embedding_size=24))
    else:
        ours = ByolAV2(ByolAV2Config(mlp_size=24))
    mine = [m for m in ours.modules() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))]
    theirs = [
        m
        for part in (conv, mlp)
        for m in part.modules()
        if isinstance(m, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))
    ]
    x = torch.randn(2, 64, 21)
    conv.train()(torch.randn(4, 1, 64, 32))
    for layer, other in zip(mine, theirs, strict=True):
        layer.load_state_dict(other.state_dict())
    with torch.no_grad():
        expected = by_the_paper(conv.eval(), mlp.eval(), x, concatenate=version == 2)
        torch.testing.assert_close(ours.eval()(x), expected, rtol=1e-4, atol=1e-4)


def test_sizes_are_those_that_the_papers_report() -> None:
    """6.33 million in version 2; frames of 3072 features each 40 ms, version 1 each 80 ms."""
    first, second = ByolAV1(ByolAV1Config()).eval(), ByolAV2(ByolAV2Config()).eval()
    assert sum(p.numel() for p in second.parameters()) == pytest.approx(6.33e6, rel=1e-3)
    x = torch.randn(1, 64, 96)
    assert first.frames(x).shape == (1, 12, 2048) and first(x).shape == (1, 2048)
    assert second.frames(x).shape == (1, 24, 3072) and second(x).shape == (1, 3072)


@pytest.mark.parametrize("frames", [1, 3, 9])
def test_sound_shorter_than_a_pooled_frame_gives_one(frames: int) -> None:
    network = ByolAV1(ByolAV1Config(embedding_size=8)).eval()
    assert network.frames(torch.randn(1, 64, frames)).shape == (1, 1, 8)


def test_bands_that_poolings_leave_nothing_of_are_refused() -> None:
    for make in (lambda: ByolAV1Config(n_mels=7), lambda: ByolAV2Config(n_mels=3)):
        with pytest.raises(ConfigError, match="n_mels must be at least"):
            make()
