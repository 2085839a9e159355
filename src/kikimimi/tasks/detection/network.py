"""The network of a recipe: a frame tagger, with a mean teacher where one is wanted.

Axes: F mel bands, N mel frames, N' frames of the network, E embedding size of an encoder.
"""

from dataclasses import replace

import torch
from torch import nn

from kikimimi.encoders.contract import Encoder
from kikimimi.networks.frame_tagger import FrameTagger
from kikimimi.networks.registry import config_type, create_network
from kikimimi.tasks.detection.feature_bank import log_mel_frames
from kikimimi.tasks.detection.mean_teacher import MeanTeacher
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.training.config import build

DetectionNetwork = FrameTagger | MeanTeacher[FrameTagger]


def build_network(
    recipe: DetectionRecipe, class_count: int, encoder: Encoder | None = None
) -> DetectionNetwork:
    """The network of a recipe, with random weights.

    Raises:
        ConfigError: the network or one of its options is unknown or impossible.
    """
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
        encoder_size=0 if encoder is None else encoder.card.embedding_size,
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


@torch.no_grad()
def frames_out(tagger: FrameTagger, recipe: DetectionRecipe, encoder_frames: int) -> int:
    """N' of a piece: the network's own, or the encoder's where it stands alone."""
    if tagger.backbone is None:
        return encoder_frames
    was_training = tagger.training
    bands = recipe.front_end.n_mels
    log_mel = torch.zeros(1, bands, log_mel_frames(recipe.front_end, recipe.data.clip_s))
    device = tagger.band_mean.device
    count = tagger.backbone.eval().frames(log_mel.to(device)).shape[1]
    tagger.train(was_training)
    return count
