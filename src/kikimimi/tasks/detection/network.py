"""The network of a recipe: a frame tagger, with a mean teacher where one is wanted.

Axes: F mel bands, N mel frames, N' frames of the network.
"""

from dataclasses import dataclass, replace
from math import ceil

import torch
from torch import nn

from kikimimi.encoders.encoder_frames import EncoderFrames
from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network
from kikimimi.networks.frame_tagger import FrameTagger
from kikimimi.networks.registry import config_type, create_network
from kikimimi.tasks.detection.feature_bank import log_mel_frames
from kikimimi.tasks.detection.mean_teacher import MeanTeacher
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.training.config import build

DetectionNetwork = FrameTagger | MeanTeacher[FrameTagger]


def build_network(
    recipe: DetectionRecipe, class_count: int, encoder: EncoderFrames | None = None
) -> DetectionNetwork:
    """The network of a recipe, with random weights.

    Raises:
        ConfigError: the network or one of its options is unknown or impossible.
        EncoderError: the encoder has no such layer, or its weights are missing or damaged.
    """
    if encoder is not None:
        encoder.load()
    backbone = None
    if encoder is None or recipe.encoder.joined:
        name, options = recipe.network.name, recipe.network.options
        config = build(config_type(name), options, where=f"network '{name}'")
        backbone = create_network(name, config)
    head = replace(recipe.head, activity=recipe.head.activity or recipe.loss.activity_weight > 0)
    tagger = FrameTagger(
        backbone,
        class_count,
        bands=recipe.front_end.n_mels,
        encoder_size=0 if encoder is None else encoder.size,
        encoder_step=_encoder_step(recipe, backbone, encoder),
        head=head,
    )
    if recipe.teacher.consistency > 0:
        return MeanTeacher(tagger, decay=recipe.teacher.decay)
    return tagger


def tagger_of(network: nn.Module) -> FrameTagger:
    """The tagger that is judged: the teacher where there is one."""
    tagger = network.teacher if isinstance(network, MeanTeacher) else network
    if not isinstance(tagger, FrameTagger):
        raise TypeError(f"a detector is a FrameTagger, not a {type(tagger).__name__}")
    return tagger


def taggers_in(network: DetectionNetwork) -> tuple[FrameTagger, ...]:
    """Student and teacher, or the one that there is."""
    if isinstance(network, MeanTeacher):
        return (network.student, network.teacher)
    return (network,)


@dataclass(frozen=True, slots=True)
class FrameGrid:
    """`count` frames N' of a piece, `hop_s` from one to the next."""

    count: int
    hop_s: float


def frame_grid(
    tagger: FrameTagger, recipe: DetectionRecipe, encoder_hop_s: float | None
) -> FrameGrid:
    """The network's own frames of a piece, or the encoder's where the head stands on it alone.

    Raises:
        ConfigError: there is neither.
    """
    clip_s = recipe.data.clip_s
    if tagger.backbone is not None:
        count = _frame_count(tagger.backbone, recipe)
        return FrameGrid(count, clip_s / count)
    if encoder_hop_s is None:
        raise ConfigError("the head stands on an encoder alone, but the data have no frames of one")
    return FrameGrid(max(1, ceil(round(clip_s / encoder_hop_s, 6))), encoder_hop_s)


def _encoder_step(
    recipe: DetectionRecipe, backbone: Network | None, encoder: EncoderFrames | None
) -> float:
    """Frames of the backbone in one of the encoder."""
    if backbone is None or encoder is None:
        return 1.0
    return encoder.hop_s * _frame_count(backbone, recipe) / recipe.data.clip_s


@torch.no_grad()
def _frame_count(backbone: Network, recipe: DetectionRecipe) -> int:
    """N' of a piece."""
    was_training = backbone.training
    shape = (1, recipe.front_end.n_mels, log_mel_frames(recipe.front_end, recipe.data.clip_s))
    device = next(backbone.parameters()).device
    count = backbone.eval().frames(torch.zeros(shape, device=device)).shape[1]
    backbone.train(was_training)
    return count
