"""Batches of views for distillation: cropped, filtered, mixed, masked.

Mixup: Zhang et al., ICLR 2018. Masking: Park et al., "SpecAugment", Interspeech 2019.

Axes: B clips, N mel frames, F mel bands, M embedding frames, K_e events, K_c classes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from kikimimi.encoders.mobilenet import FRAME_STRIDE
from kikimimi.features.presets import YAMNET
from kikimimi.pretraining.distillation_views import Views
from kikimimi.pretraining.yamnet_teacher import PATCH_HOP_S, PATCH_SAMPLES, SAMPLE_RATE_HZ

_SILENCE = math.log(0.001)
_FRAME_HOP_S = YAMNET.hop_length / YAMNET.sample_rate_hz
_PATCH_CENTRE_S = PATCH_SAMPLES / SAMPLE_RATE_HZ / 2


@dataclass(frozen=True, slots=True)
class ViewAugmentation:
    """How a view becomes an example."""

    crop_frames: tuple[int, ...] = (128, 256, 256, 512)
    """Each batch draws one of these lengths."""
    mixup_probability: float = 0.5
    frequency_mask: int = 10
    time_mask_share: float = 0.15
    gain_db: float = 6.0
    tilt_db: float = 6.0
    """Random slope of the frequency response, from the lowest to the highest band."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Targets and input of one step."""

    log_mel: Tensor
    """(B, N, F)"""
    events: Tensor
    """(B, M, K_e)"""
    classes: Tensor
    """(B, K_c), NaN where there is no label"""


class ViewChoice:
    """Which views a training may use, clip by clip.

    Args:
        views: all views.
        test_fold: a fold that is left out; None for none.
        categories: the classes that may be heard, by their column; all others are left out with
            every view that holds a share of them.
    """

    def __init__(self, views: Views, *, test_fold: int | None, categories: tuple[int, ...]) -> None:
        others = np.setdiff1d(np.arange(views.classes.shape[1]), categories)
        allowed = ~(np.nan_to_num(views.classes[:, others]) > 0).any(axis=1)
        if test_fold is not None:
            allowed &= views.folds != test_fold
        rows = np.flatnonzero(allowed)
        order = rows[np.argsort(views.clips[rows], kind="stable")]
        clips, starts = np.unique(views.clips[order], return_index=True)
        self._rows = dict(zip(clips.tolist(), np.split(order, starts[1:]), strict=True))

    def __len__(self) -> int:
        """How many clips have a view."""
        return len(self._rows)

    def epoch(self, batch_size: int, generator: np.random.Generator) -> Iterator[np.ndarray]:
        """Every clip once, in one of its views, in whole batches of view numbers."""
        order = generator.permutation(list(self._rows))
        picked = np.array([generator.choice(self._rows[clip]) for clip in order.tolist()])
        for start in range(0, len(order) - batch_size + 1, batch_size):
            yield picked[start : start + batch_size]


def load_batch(
    views: Views,
    picked: np.ndarray,
    settings: ViewAugmentation,
    categories: tuple[int, ...],
    generator: np.random.Generator,
) -> Batch:
    """The views `picked`, each changed in its own way, with the classes of `categories`."""
    length = int(generator.choice(settings.crop_frames))
    log_mel = np.full((len(picked), length, YAMNET.n_mels), _SILENCE, np.float32)
    events = np.empty((len(picked), length // FRAME_STRIDE, views.events.shape[2]), np.float32)
    for row, view in enumerate(picked):
        start = _crop_start(views, view, length, generator)
        crop = views.log_mel[view, start : start + length]
        log_mel[row, : len(crop)] = crop
        events[row] = _events_at(views.events[view], start, events.shape[1])
    classes = views.classes[picked][:, list(categories)]
    batch = Batch(torch.from_numpy(log_mel), torch.from_numpy(events), torch.from_numpy(classes))
    return _augment(batch, settings, generator)


def _crop_start(views: Views, view: int, length: int, generator: np.random.Generator) -> int:
    """A random start; of two tries the louder one, since a crop of mere silence teaches little."""
    last = max(0, int(views.frames[view]) - length)
    tries = generator.integers(0, last + 1, 2)
    levels = [float(views.log_mel[view, t : t + length].astype(np.float32).mean()) for t in tries]
    return int(tries[int(np.argmax(levels))])


def _events_at(patches: np.ndarray, start: int, count: int) -> np.ndarray:
    """Teacher scores at the centres of `count` embedding frames from mel frame `start` on."""
    centres = (start + FRAME_STRIDE * (np.arange(count) + 0.5)) * _FRAME_HOP_S
    position = np.clip((centres - _PATCH_CENTRE_S) / PATCH_HOP_S, 0, len(patches) - 1)
    lower = np.minimum(position.astype(int), max(0, len(patches) - 2))
    share = (position - lower)[:, None]
    upper = np.minimum(lower + 1, len(patches) - 1)
    scores = patches.astype(np.float32)
    return np.clip((1 - share) * scores[lower] + share * scores[upper], 0, 1)


def _augment(batch: Batch, settings: ViewAugmentation, generator: np.random.Generator) -> Batch:
    magnitude = torch.exp(batch.log_mel) - 0.001
    events, classes = batch.events, batch.classes
    gains = 10 ** (_response_db(len(magnitude), settings, generator) / 20)
    magnitude = magnitude.clamp_min(0) * torch.from_numpy(gains.astype(np.float32))
    if generator.random() < settings.mixup_probability:
        share = float(generator.beta(0.4, 0.4))
        order = torch.from_numpy(generator.permutation(len(magnitude)))
        magnitude = share * magnitude + (1 - share) * magnitude[order]
        events = share * events + (1 - share) * events[order]
        # a mix with an unlabelled clip has no label: NaN stays NaN in the sum
        classes = share * classes + (1 - share) * classes[order]
    log_mel = torch.log(magnitude + 0.001)
    _mask(log_mel, settings, generator)
    return Batch(log_mel, events, classes)


def _response_db(
    count: int, settings: ViewAugmentation, generator: np.random.Generator
) -> np.ndarray:
    """Random level and spectral slope for each clip: (B, 1, F) in dB."""
    level = generator.uniform(-settings.gain_db, settings.gain_db, (count, 1, 1))
    tilt = generator.uniform(-settings.tilt_db, settings.tilt_db, (count, 1, 1))
    return level + tilt * np.linspace(-0.5, 0.5, YAMNET.n_mels)


def _mask(log_mel: Tensor, settings: ViewAugmentation, generator: np.random.Generator) -> None:
    frames, bands = log_mel.shape[1:]
    for clip in log_mel:
        width = int(generator.integers(0, settings.frequency_mask + 1))
        start = int(generator.integers(0, bands - width + 1))
        clip[:, start : start + width] = _SILENCE
        width = int(generator.integers(0, int(settings.time_mask_share * frames) + 1))
        start = int(generator.integers(0, frames - width + 1))
        clip[start : start + width] = _SILENCE
