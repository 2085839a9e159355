"""BYOL-A against the tables of its papers, written with plain layers of torch."""

from collections.abc import Iterator

import torch
from torch import nn

from kikimimi.encoders.published.byol_a_convolutions import FRONT_END, ByolAPublished
from kikimimi.encoders.published.byol_a_v1 import ByolA512, ByolA1024, ByolA2048
from kikimimi.encoders.published.byol_a_v2 import ByolAV2Encoder
from kikimimi.features.logmel import LogMel
from parity_cases.oracles import randomise, some_sounds
from parity_cases.registry import Comparison, Setting, case

_ORACLE = "the table of the paper in torch.nn.Sequential, random weights"
_SAMPLES = 5 * 16000


@case("byol_a_512", oracle=_ORACLE)
def compare_512(setting: Setting) -> Iterator[Comparison]:
    """Version 1, 512-d."""
    yield from _compare(setting, ByolA512, 512)


@case("byol_a_1024", oracle=_ORACLE)
def compare_1024(setting: Setting) -> Iterator[Comparison]:
    """Version 1, 1024-d."""
    yield from _compare(setting, ByolA1024, 1024)


@case("byol_a_2048", oracle=_ORACLE)
def compare_2048(setting: Setting) -> Iterator[Comparison]:
    """Version 1, 2048-d."""
    yield from _compare(setting, ByolA2048, 2048)


@case("byol_a_v2", oracle=_ORACLE)
def compare_v2(setting: Setting) -> Iterator[Comparison]:
    """Version 2, where the convolutions stand beside the linear layers."""
    yield from _compare(setting, ByolAV2Encoder, 2048, beside=True)


def _compare(
    setting: Setting, kind: type[ByolAPublished], units: int, *, beside: bool = False
) -> Iterator[Comparison]:
    features, fc = _layers(kind.blocks, units)
    network = randomise(nn.ModuleDict({"features": features, "fc": fc}))
    path = setting.folder / "weights.pth"
    torch.save(network.state_dict(), path)
    encoder = kind(path).load()
    clips = some_sounds(2, _SAMPLES)
    log_mel = torch.from_numpy(LogMel(FRONT_END)(clips))[:, None]
    with torch.inference_mode():
        maps = features(log_mel).permute(0, 3, 2, 1)  # (B, N, F, C)
        conv = maps.reshape(*maps.shape[:2], -1)
        frames = torch.cat([conv, fc(conv)], dim=-1) if beside else fc(conv)
        pooled = frames.max(dim=1).values + frames.mean(dim=1)
    yield Comparison("embedding", encoder.embed_clips(clips), pooled.numpy())


def _layers(blocks: int, units: int) -> tuple[nn.Sequential, nn.Sequential]:
    layers: list[nn.Module] = []
    for block in range(blocks):
        layers += [nn.Conv2d(64 if block else 1, 64, 3, padding=1), nn.BatchNorm2d(64)]
        layers += [nn.ReLU(), nn.MaxPool2d(2, stride=2)]
    size = 64 * 64 // 2**blocks
    fc = [nn.Linear(size, units), nn.ReLU(), nn.Dropout(0.3), nn.Linear(units, units), nn.ReLU()]
    return nn.Sequential(*layers), nn.Sequential(*fc)
