"""Distillation of a MobileNet from YAMNet, with class labels where there are any.

The student starts from the teacher's layers, hears whole clips instead of patches, and learns
three things at once: the teacher's event scores over time, the classes of labelled clips, and to
keep both in a 128-d vector (from which a training-only head must tell the teacher's scores too).
Knowledge distillation: Hinton, Vinyals and Dean, 2015. Mixup: Zhang et al., ICLR 2018. Masking:
Park et al., "SpecAugment", Interspeech 2019.

Axes: B clips, N mel frames, F mel bands, M embedding frames, K_e events, K_c classes.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.encoders.mobilenet import EMBEDDING_SCALE, FRAME_STRIDE, MobileNet
from kikimimi.features.presets import YAMNET
from kikimimi.pretraining.distillation_views import Views
from kikimimi.pretraining.yamnet_teacher import PATCH_HOP_S, PATCH_SAMPLES, SAMPLE_RATE_HZ
from kikimimi.pretraining.yamnet_teacher import copy_layers as copy_teacher_layers
from kikimimi.training.checkpoint import load_checkpoint, save_checkpoint
from kikimimi.training.ema import EmaWeights

_SILENCE = math.log(0.001)
_FRAME_HOP_S = YAMNET.hop_length / YAMNET.sample_rate_hz
_PATCH_CENTRE_S = PATCH_SAMPLES / SAMPLE_RATE_HZ / 2


@dataclass(frozen=True, slots=True)
class DistillationConfig:
    """Settings of one training."""

    epochs: int = 16
    batch_size: int = 32
    crop_frames: tuple[int, ...] = (128, 256, 256, 512)
    """Each batch draws one of these lengths."""
    backbone_lr: float = 2e-4
    head_lr: float = 2e-3
    weight_decay: float = 1e-2
    warmup_steps: int = 100
    ema_decay: float = 0.998
    frozen_blocks: int = 4
    """Lowest blocks, and the stem, that keep the teacher's weights."""
    event_weight: float = 0.1
    embedding_event_weight: float = 0.1
    class_weight: float = 1.0
    mixup_probability: float = 0.5
    frequency_mask: int = 10
    time_mask_share: float = 0.15
    gain_db: float = 6.0
    tilt_db: float = 6.0
    """Random slope of the frequency response, from the lowest to the highest band."""
    seed: int = 0


class Student(nn.Module):
    """The network and the head that is needed in training only."""

    def __init__(self, network: MobileNet) -> None:
        super().__init__()
        self.network = network
        self.embedding_events = nn.Linear(network.config.embedding_size, network.config.event_count)
        nn.init.constant_(self.embedding_events.bias, -4.0)
        nn.init.constant_(network.classes.bias, -4.0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Targets and input of one step."""

    log_mel: Tensor
    """(B, N, F)"""
    events: Tensor
    """(B, M, K_e)"""
    classes: Tensor
    """(B, K_c), NaN where there is no label"""


def distil(
    views: Views,
    teacher: Path,
    config: DistillationConfig,
    *,
    test_fold: int | None,
    folder: Path,
) -> MobileNet:
    """Train a student on all views but those of `test_fold`; return its averaged weights.

    The training can be killed and called again: it goes on from the last finished epoch, with the
    same result as an undisturbed one. `folder` receives `checkpoint.pt` and `log.csv`.
    """
    torch.manual_seed(config.seed)
    student = Student(MobileNet())
    copy_teacher_layers(teacher, student.network)
    student.network.stem.requires_grad_(requires_grad=False)
    student.network.blocks[: config.frozen_blocks].requires_grad_(requires_grad=False)
    rows = np.flatnonzero(views.folds != test_fold) if test_fold else np.arange(len(views.folds))
    clips = np.unique(views.clips[rows])
    steps = config.epochs * (len(clips) // config.batch_size)
    optimiser = _optimiser(student, config)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: _warm_cosine(step, config.warmup_steps, steps)
    )
    ema = EmaWeights(student, decay=config.ema_decay)
    state = _TrainingState(student, ema, optimiser, schedule, folder)
    for epoch in range(state.resume(), config.epochs):
        generator = np.random.default_rng((config.seed, epoch))
        began, losses = time.monotonic(), []
        for picked in _epoch(clips, views, config.batch_size, generator):
            batch = _augment(_load(views, picked, config, generator), config, generator)
            losses.append(_step(student, batch, optimiser, config))
            schedule.step()
            ema.update(student)
        state.finish_epoch(epoch, np.mean(losses, axis=0), time.monotonic() - began)
    return ema.network.network.eval()


def _step(
    student: Student, batch: Batch, optimiser: torch.optim.Optimizer, config: DistillationConfig
) -> list[float]:
    network = student.network
    output = network(batch.log_mel)
    class_loss = _class_loss(output.class_logits, batch.classes)
    event_loss = _sum_of_entropies(output.event_logits, batch.events).mean()
    embedding_logits = student.embedding_events(EMBEDDING_SCALE * output.embedding)
    embedding_loss = _sum_of_entropies(embedding_logits, batch.events.mean(dim=1)).mean()
    loss = (
        config.class_weight * class_loss
        + config.event_weight * event_loss
        + config.embedding_event_weight * embedding_loss
    )
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(student.parameters(), 1.0)
    optimiser.step()
    return [float(class_loss.detach()), float(event_loss.detach()), float(embedding_loss.detach())]


def _class_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy summed over classes, mean over the clips that have a label."""
    labelled = ~torch.isnan(targets[:, 0])
    if not bool(labelled.any()):
        return logits.sum() * 0.0
    return _sum_of_entropies(logits[labelled], targets[labelled]).mean()


def _sum_of_entropies(logits: Tensor, targets: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(-1)


def _optimiser(student: Student, config: DistillationConfig) -> torch.optim.Optimizer:
    network = student.network
    heads = [network.project, network.classes, student.embedding_events]
    head_parameters = [p for head in heads for p in head.parameters()]
    taken = {id(p) for p in head_parameters}
    rest = [p for p in student.parameters() if p.requires_grad and id(p) not in taken]
    groups = [
        {"params": rest, "lr": config.backbone_lr},
        {"params": head_parameters, "lr": config.head_lr},
    ]
    return torch.optim.AdamW(groups, weight_decay=config.weight_decay)


def _warm_cosine(step: int, warmup: int, total: int) -> float:
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, total - warmup))))


def _epoch(
    clips: np.ndarray, views: Views, batch_size: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Every clip once, in one of its versions, in batches of view numbers."""
    versions = len(views.clips) // (views.clips[-1] + 1)
    order = generator.permutation(clips)
    picked = order * versions + generator.integers(0, versions, len(order))
    for start in range(0, len(order) - batch_size + 1, batch_size):
        yield picked[start : start + batch_size]


def _load(
    views: Views, picked: np.ndarray, config: DistillationConfig, generator: np.random.Generator
) -> Batch:
    length = int(generator.choice(config.crop_frames))
    log_mel = np.full((len(picked), length, YAMNET.n_mels), _SILENCE, np.float32)
    events = np.empty((len(picked), length // FRAME_STRIDE, views.events.shape[2]), np.float32)
    for row, view in enumerate(picked):
        start = _crop_start(views, view, length, generator)
        crop = views.log_mel[view, start : start + length]
        log_mel[row, : len(crop)] = crop
        events[row] = _events_at(views.events[view], start, events.shape[1])
    return Batch(
        torch.from_numpy(log_mel), torch.from_numpy(events), torch.from_numpy(views.classes[picked])
    )


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


def _augment(batch: Batch, config: DistillationConfig, generator: np.random.Generator) -> Batch:
    magnitude = torch.exp(batch.log_mel) - 0.001
    events, classes = batch.events, batch.classes
    gains = 10 ** (_response_db(len(magnitude), config, generator) / 20)
    magnitude = magnitude.clamp_min(0) * torch.from_numpy(gains.astype(np.float32))
    if generator.random() < config.mixup_probability:
        share = float(generator.beta(0.4, 0.4))
        order = torch.from_numpy(generator.permutation(len(magnitude)))
        magnitude = share * magnitude + (1 - share) * magnitude[order]
        events = share * events + (1 - share) * events[order]
        # a mix with an unlabelled clip has no label: NaN stays NaN in the sum
        classes = share * classes + (1 - share) * classes[order]
    log_mel = torch.log(magnitude + 0.001)
    _mask(log_mel, config, generator)
    return Batch(log_mel, events, classes)


def _response_db(
    count: int, config: DistillationConfig, generator: np.random.Generator
) -> np.ndarray:
    """Random level and spectral slope for each clip: (B, 1, F) in dB."""
    level = generator.uniform(-config.gain_db, config.gain_db, (count, 1, 1))
    tilt = generator.uniform(-config.tilt_db, config.tilt_db, (count, 1, 1))
    return level + tilt * np.linspace(-0.5, 0.5, YAMNET.n_mels)


def _mask(log_mel: Tensor, config: DistillationConfig, generator: np.random.Generator) -> None:
    frames, bands = log_mel.shape[1:]
    for clip in log_mel:
        width = int(generator.integers(0, config.frequency_mask + 1))
        start = int(generator.integers(0, bands - width + 1))
        clip[:, start : start + width] = _SILENCE
        width = int(generator.integers(0, int(config.time_mask_share * frames) + 1))
        start = int(generator.integers(0, frames - width + 1))
        clip[start : start + width] = _SILENCE


class _TrainingState:
    """Checkpoint and log of a training."""

    def __init__(
        self,
        student: Student,
        ema: EmaWeights,
        optimiser: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LambdaLR,
        folder: Path,
    ) -> None:
        self._student, self._ema = student, ema
        self._optimiser, self._schedule = optimiser, schedule
        self._checkpoint = folder / "checkpoint.pt"
        self._log = folder / "log.csv"
        folder.mkdir(parents=True, exist_ok=True)

    def resume(self) -> int:
        """Take up the last checkpoint, if any; return the next epoch."""
        state = load_checkpoint(self._checkpoint)
        if state is None:
            self._log.write_text("epoch,class_loss,event_loss,embedding_event_loss,seconds\n")
            return 0
        self._student.load_state_dict(state["student"])
        self._ema.network.load_state_dict(state["ema"])
        self._ema.steps = state["ema_steps"]
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        return state["epoch"] + 1

    def finish_epoch(self, epoch: int, losses: Sequence[float], seconds: float) -> None:
        """Write the log line and the checkpoint of an epoch."""
        line = ",".join([str(epoch), *(f"{loss:.4f}" for loss in losses), f"{seconds:.1f}"])
        with self._log.open("a") as log:
            log.write(line + "\n")
        print(f"{self._log.parent.name}: {line}", flush=True)
        save_checkpoint(
            self._checkpoint,
            {
                "epoch": epoch,
                "student": self._student.state_dict(),
                "ema": self._ema.network.state_dict(),
                "ema_steps": self._ema.steps,
                "optimiser": self._optimiser.state_dict(),
                "schedule": self._schedule.state_dict(),
            },
        )
