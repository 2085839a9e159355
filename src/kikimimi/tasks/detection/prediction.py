"""What a trained tagger says of whole clips.

Axes: B pieces, N frames of the front end, N' frames of the network, K classes.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from kikimimi.metrics.detection.frames import count_frames
from kikimimi.metrics.detection.scores import DetectionScores
from kikimimi.networks.frame_tagger import FrameTagger
from kikimimi.tasks.detection.data import SplitData, rows
from kikimimi.tasks.detection.network import frame_grid
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.tasks.detection.segments import Segment

_AT_ONCE = 16


def predict(
    tagger: FrameTagger, data: SplitData, recipe: DetectionRecipe, classes: Sequence[str]
) -> list[DetectionScores]:
    """Scores of each clip of a split, in its order, on the frames of the front end.

    Pieces are scored alone and put one after the other; a network with fewer frames has each of
    its scores repeated.
    """
    hop_s = recipe.front_end.frame_hop_s
    frames = count_frames(recipe.data.clip_s, hop_s)
    step = frame_grid(tagger, recipe, data.encoder_hop_s).hop_s / hop_s
    pieces = repeated(_piece_scores(tagger, data), frames, step=step)
    clips = []
    for span in data.clip_spans():
        parts = [
            pieces[number][: count_frames(data.segments[number].duration_s, hop_s)]
            for number in range(span.start, span.stop)
        ]
        clips.append(DetectionScores.on_grid(np.concatenate(parts), classes, hop_s=hop_s))
    return clips


def evenly_chosen(data: SplitData, count: int) -> SplitData:
    """At most `count` pieces, evenly over the split, each as a clip of its own."""
    chosen = np.unique(np.linspace(0, len(data) - 1, min(count, len(data))).astype(np.int64))
    return SplitData(
        segments=tuple(_alone(data, number) for number in chosen),
        log_mels=data.log_mels[chosen],
        encoded=None if data.encoded is None else data.encoded[chosen],
        encoder_hop_s=data.encoder_hop_s,
    )


def _alone(data: SplitData, number: np.int64) -> Segment:
    segment = data.segments[number]
    clip = replace(segment.clip, events=segment.events, duration_s=segment.duration_s)
    return replace(segment, clip=clip, start_s=0.0)


@torch.inference_mode()
def _piece_scores(tagger: FrameTagger, data: SplitData) -> NDArray[np.float32]:
    """(S, N', K) in [0, 1]."""
    was_training = tagger.training
    tagger.eval()
    device = tagger.band_mean.device
    scores = []
    for first in range(0, len(data), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        log_mel = torch.from_numpy(rows(data.log_mels, part)).to(device)
        encoded = None
        if data.encoded is not None:
            encoded = torch.from_numpy(rows(data.encoded, part)).to(device)
        strong = tagger(tagger.normalise(log_mel), encoded).strong
        scores.append(strong.float().sigmoid().cpu().numpy())
    tagger.train(was_training)
    return np.concatenate(scores)


def repeated(scores: NDArray[np.float32], frames: int, *, step: float) -> NDArray[np.float32]:
    """(S, N', K) -> (S, frames, K): the score that the middle of each frame lies in.

    Args:
        scores: the first frame begins with the piece.
        frames: how many are wanted.
        step: wanted frames in one of the scores'.
    """
    places = ((np.arange(frames) + 0.5) / step).astype(np.int64)
    return scores[:, np.minimum(places, scores.shape[1] - 1)]
